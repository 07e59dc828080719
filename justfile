# What maintainers type.
fmt:
    cargo fmt
lint:
    cargo clippy --all-targets -- -D warnings
test:
    cargo test
docs:
    RUSTDOCFLAGS='-D warnings' cargo doc --no-deps --open
ci:
    .ci/run
