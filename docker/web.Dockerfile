# The web process, and `manage.py setup` (migrations, sample content). Build context: the repository.
FROM node:24-slim AS app
WORKDIR /app
COPY frontend/package.json frontend/package-lock.json frontend/.npmrc ./
RUN PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --no-fund --no-audit
COPY frontend ./
RUN npm run build

FROM python:3.11-slim-trixie
ENV PYTHONUNBUFFERED=1 TUTOR_HOME=/srv/tutor HOST=0.0.0.0 PORT=8000
WORKDIR /app
COPY constraints.txt ./
COPY docker/requirements-web.txt docker/
RUN pip install --no-cache-dir --only-binary=:all: -r docker/requirements-web.txt
COPY manage.py ./
COPY accounts accounts
COPY gpu_tasks gpu_tasks
COPY sessions_app sessions_app
COPY tutor_site tutor_site
COPY --from=app /app/dist frontend/dist
RUN useradd --uid 10001 --create-home tutor && install -d /srv/tutor/media \
    && TUTOR_MODE=dev python manage.py collectstatic --noinput --verbosity 0 && chown -R tutor /srv/tutor
USER 10001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["python", "tutor_site/answers.py"]
CMD ["python", "manage.py", "web"]
