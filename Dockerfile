# syntax=docker/dockerfile:1
# Another registry: docker build --build-arg IMAGE=registry.example.com/node:24-slim .
ARG IMAGE=node:24-slim

FROM ${IMAGE} AS build
WORKDIR /app
# Dependencies first, so that a changed source does not fetch them again. The scripts of packages do not run: one of them
# fetches a Node.js for checkouts, which the image has.
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json LICENSE ./
COPY schemas schemas
COPY src src
RUN node schemas/build.ts
# What runs, and nothing else: no tools of development, no types, no maps.
RUN npm prune --omit=dev --ignore-scripts --no-audit --no-fund \
  && find dist node_modules -type f \( -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' -o -name '*.map' \) -delete \
  && rm -rf src schemas/*.ts tsconfig.json package-lock.json \
  && find node_modules -type d -empty -delete

FROM ${IMAGE}
ARG VERSION=0.1.0
ARG REVISION=unknown
ARG CREATED
LABEL org.opencontainers.image.title="Tenon" \
  org.opencontainers.image.description="Integrations as code: services, access, permissions and credentials, kept equal to a running store." \
  org.opencontainers.image.url="https://tenon.dev" \
  org.opencontainers.image.licenses="Apache-2.0" \
  org.opencontainers.image.version="${VERSION}" \
  org.opencontainers.image.revision="${REVISION}" \
  org.opencontainers.image.created="${CREATED}"
# npm and its kin are no part of what runs.
RUN rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack \
  /usr/local/bin/yarn* /opt/yarn*
COPY --from=build --chown=0:0 /app /app
ENV NODE_ENV=production HOME=/tmp
# A number, so that Kubernetes can tell that it is not root. It owns nothing here and writes to volumes only.
USER 65532:65532
WORKDIR /tmp
ENTRYPOINT ["node", "--max-semi-space-size=8", "/app/dist/main.js"]
CMD ["operator"]
