# acquaint serve, for the network: keys are needed (docs/server.md).
FROM node:22-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund
COPY . .
RUN npm run build && npm prune --omit=dev --no-audit --no-fund

FROM node:22-bookworm-slim
ENV NODE_ENV=production \
    ACQUAINT_GALLERY=/data/people.db \
    XDG_CACHE_HOME=/data/cache
WORKDIR /app
COPY --from=build /build/package.json /build/LICENSE /build/THIRD_PARTY.md ./
COPY --from=build /build/node_modules node_modules
COPY --from=build /build/dist dist
COPY --from=build /build/weights weights
COPY docker/start.sh /usr/local/bin/acquaint
RUN mkdir /data && chown node:node /data
# The gallery, the server's data and the prepared nets; all else may be read-only.
VOLUME /data
USER node
EXPOSE 8420
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8420/v1/health').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["acquaint"]
CMD ["serve"]
