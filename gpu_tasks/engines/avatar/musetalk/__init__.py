from gpu_tasks.engines.avatar.musetalk.engine import MuseTalk as MuseTalk
