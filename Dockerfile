# Runs the default of this project, from the raw data to the answers:
#   docker build --tag scalebridge .
#   docker run --name scalebridge scalebridge
#   docker cp scalebridge:/home/engineer/scalebridge/data/answers .
# Build from a clone, not from a git worktree: DVC and the record of a run read the folder .git.
FROM python:3.11-slim

# Debian offers one version of each package per release, so versions are not pinned. LightGBM needs libgomp1.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends git libgomp1 make \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 1000 engineer \
    && install --directory --owner=engineer --group=engineer /home/engineer/scalebridge

USER 1000
WORKDIR /home/engineer/scalebridge
ENV VENV=/home/engineer/venv
ENV PATH=$VENV/bin:$PATH

# The environment depends on these files alone, so a change of the code does not install it again.
COPY --chown=engineer:engineer Makefile pyproject.toml constraints.txt README.md LICENSE ./
RUN mkdir pipeline && touch pipeline/__init__.py && make install

COPY --chown=engineer:engineer . .
# make compares times: an older build may have left the environment in the cache, and the files may be newer.
RUN touch $VENV/.installed

CMD ["make", "run"]
