# The manifests alone, every source file a stub: this stage changes only when these, Cargo.lock or the ways to build do.
FROM rust:1.95-slim-trixie AS manifests
WORKDIR /build
COPY . .
RUN find . -type f ! -name Cargo.toml ! -name Cargo.lock \
        ! -path './.cargo/*' ! -path './scripts/*' \
        ! -path '*/src/main.rs' ! -path '*/src/lib.rs' ! -name build.rs -delete \
 && find . -type f -name lib.rs -exec truncate -s 0 {} + \
 && for stub in $(find . -type f -name main.rs -o -type f -name build.rs); do echo 'fn main() {}' >"$stub"; done \
 && find . -type d -empty -delete

FROM rust:1.95-slim-trixie AS build
# OpenSSL, which is compiled in, is built with these.
RUN apt-get update \
 && apt-get install -y --no-install-recommends make perl \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /build
# Relocations in their packed form, and functions of the same code once: 1.4 MB less.
ENV RUSTFLAGS="-C link-arg=-Wl,-z,pack-relative-relocs -C link-arg=-Wl,--icf=all"

# Three layers, from what changes seldom to what changes often. Cargo goes by modification times, and a copied
# file can be older than the stub it replaces: hence the touch.
COPY --from=manifests /build .
RUN cargo build --release --locked --bin library

COPY crates crates
RUN find crates -name '*.rs' -exec touch {} + \
 && cargo build --release --locked --bin library

COPY migrations migrations
COPY src src
RUN find src migrations -type f -exec touch {} + \
 && cargo build --release --locked --bin library \
 && mkdir media

FROM gcr.io/distroless/cc-debian13:nonroot
COPY --from=build /build/target/release/library /usr/local/bin/library
# A new volume takes the owner of the folder it covers.
COPY --from=build --chown=65532:65532 /build/media /media
ENV BIND_ADDR=0.0.0.0:8000 \
    LOG_FORMAT=json \
    MEDIA_ROOT=/media
USER 65532:65532
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 CMD ["/usr/local/bin/library", "healthcheck"]
ENTRYPOINT ["/usr/local/bin/library"]
CMD ["serve"]

# Where the source is published and which revision this is, only the builder knows.
ARG SOURCE=
ARG REVISION=
LABEL org.opencontainers.image.title="Restwell lending library" \
      org.opencontainers.image.description="A lending library's REST service, written with Restwell" \
      org.opencontainers.image.licenses="MIT OR Apache-2.0" \
      org.opencontainers.image.source="$SOURCE" \
      org.opencontainers.image.revision="$REVISION"
