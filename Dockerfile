# A server of models: docker build -t ranvier . && docker run -p 8000:8000 -v ./runs:/models:ro ranvier digits-1
# Whoever reaches the port may ask: pass --token-file, or keep it behind something that does.
FROM python:3.13-slim AS build
WORKDIR /source
COPY pyproject.toml README.md LICENSE ./
COPY src src
RUN pip wheel --no-cache-dir --no-deps --wheel-dir /wheels .

FROM python:3.13-slim
RUN --mount=type=bind,from=build,source=/wheels,target=/wheels \
    wheel=$(ls /wheels/*.whl) && pip install --no-cache-dir --only-binary :all: "${wheel}[serve]"
RUN useradd --create-home ranvier
USER ranvier
WORKDIR /models
EXPOSE 8000
ENTRYPOINT ["ranvier", "serve", "--host", "0.0.0.0"]
