# The book, and everything that it is made with. Binder takes .binder/ instead: it needs JupyterLab beside it.
#   docker build -t mcdeconv .        # with --build-arg TORCH_INDEX=URL, an index with CPU builds: gigabytes less
#   docker run --rm -p 8000:8000 mcdeconv                                 # the book at http://127.0.0.1:8000/
#   docker run --rm -v mcdeconv:/home/reader/mcdeconv/out mcdeconv make reproduce
FROM python:3.11-slim
RUN apt-get update && apt-get install --yes --no-install-recommends git make && rm -rf /var/lib/apt/lists/*
RUN useradd --create-home reader
USER reader
WORKDIR /home/reader/mcdeconv
# First what changes seldom, so that a change of the text does not install anew.
COPY --chown=reader requirements.lock pyproject.toml Makefile README.md LICENSE LICENSE-book ./
COPY --chown=reader scripts scripts
COPY --chown=reader mcdeconv mcdeconv
ARG TORCH_INDEX
RUN make install TORCH_INDEX="$TORCH_INDEX"
COPY --chown=reader . .
RUN make book
EXPOSE 8000
CMD [".venv/bin/python", "-m", "http.server", "--bind", "0.0.0.0", "--directory", "out/site", "8000"]
