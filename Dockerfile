# syntax=docker/dockerfile:1

FROM node:22-slim AS frontend
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --omit=dev --no-audit --no-fund

FROM python:3.11-slim AS packages
COPY requirements.txt ./
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --disable-pip-version-check -r requirements.txt \
    && /venv/bin/python -m compileall -q /venv/lib

FROM python:3.11-slim
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    HOST=0.0.0.0 PORT=8000 DATA_DIR=/data
RUN groupadd --system --gid 10001 designer \
    && useradd --system --uid 10001 --gid 10001 --home-dir /app --shell /usr/sbin/nologin designer \
    && install -d -o designer -g designer -m 700 /data
WORKDIR /app
COPY --from=packages /venv /venv
COPY manage.py ./
COPY profiles profiles
COPY designer designer
COPY templates templates
COPY static static
COPY --from=frontend /build/node_modules/bootstrap/dist node_modules/bootstrap/dist
COPY --from=frontend /build/node_modules/htmx.org/dist node_modules/htmx.org/dist
# Into /app/var/static, which belongs to the image and not to the data.
RUN python -m compileall -q profiles designer && python manage.py collectstatic --no-input --verbosity 0
USER 10001:10001
# Nothing else is written to but /tmp, so the root file system can be read-only.
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s CMD ["python", "-m", "designer.healthcheck"]
# All in one container: `prepare` is safe to repeat, and prints the address to open. docker-compose.yml runs each part in
# a container of its own.
CMD ["sh", "-c", "python manage.py prepare && exec python manage.py serve"]
