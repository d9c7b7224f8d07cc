# The worker that hears with WhisperX, whose PyTorch is another than the other stages'. Build context: the repository.
FROM python:3.11-slim-trixie
# CTranslate2 looks for the cuBLAS that this PyTorch brings.
ENV PYTHONUNBUFFERED=1 TUTOR_HOME=/srv/tutor HF_HUB_OFFLINE=1 PYANNOTE_METRICS_ENABLED=false \
    NVIDIA_VISIBLE_DEVICES=all NVIDIA_DRIVER_CAPABILITIES=compute,utility \
    LD_LIBRARY_PATH=/usr/local/lib/python3.11/site-packages/nvidia/cublas/lib
# hadolint ignore=DL3008
RUN apt-get update && apt-get install -y --no-install-recommends libgomp1 \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY docker/requirements-whisperx.txt docker/
RUN pip install --no-cache-dir -r docker/requirements-whisperx.txt
COPY manage.py ./
COPY accounts accounts
COPY docker/workers docker/workers
COPY gpu_tasks gpu_tasks
COPY sessions_app sessions_app
COPY tutor_site tutor_site
RUN useradd --uid 10001 --create-home tutor && install -d -o tutor /srv/tutor/media /srv/tutor/models /srv/tutor/faces \
    && chown tutor /srv/tutor
USER 10001
CMD ["python", "manage.py", "workers"]
