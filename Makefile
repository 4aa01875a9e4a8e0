# The commands of the project. `make` alone lists them.
# Nothing here touches the machine outside this folder, but for packages that scripts/setup.sh names before it
# installs them.

TARGET  := $(abspath $(or $(CARGO_TARGET_DIR),target))
RELEASE := $(TARGET)/release
LIBRARY := $(RELEASE)/libshoutout_otp.so
UNSTRIPPED := $(TARGET)/debug/libshoutout_otp.so
SONAME  := libshoutout_otp.so.0
SANDBOX := $(RELEASE)/shoutout-sandbox
GOLDEN  := $(TARGET)/debug/golden-service
ECHO    := $(TARGET)/debug/echo-service
PROBE   := $(TARGET)/panic-probe
PYTHON  := .venv/bin/python
# How long `make fuzz` stays at each target.
FUZZ_SECONDS ?= 600
# The first seed of `make simulate`, and how many sends it makes.
SEED  ?= 1
SENDS ?= 200000
# The library in a simulated world; it takes a seed and a number of sends.
SIMULATE := cargo test --locked --profile simulation --features simulation --test simulation --

# What the tests of every language are told: which library, and which servers to start.
export SHOUTOUT_OTP_LIBRARY       := $(LIBRARY)
export SHOUTOUT_SANDBOX_BIN       := $(SANDBOX)
export SHOUTOUT_GOLDEN_SERVICE_BIN := $(GOLDEN)
# Where make install puts things; packaging/install.sh has what follows from them.
export PREFIX DESTDIR LIBDIR INCLUDEDIR BINDIR DOCDIR

.PHONY: docs help demo test fuzz bundle install uninstall dist lib unstripped header abi-baseline certainty-page sandbox golden-service
.PHONY: simulate simulate-coverage test-simulation
.PHONY: setup-demo setup-dist setup-test test-rust test-abi test-c test-host test-sanitizers test-fuzz test-cpp test-examples
.PHONY: test-install test-dependencies test-python test-php test-scripts test-openapi test-browser test-miri test-long bench-sandbox
.PHONY: setup-bench bench bench-programs bench-instructions bench-instructions-renew

help:
	@echo 'make demo             send and verify an OTP from C, C++, Python and PHP, against a local sandbox'
	@echo 'make test             run every test in every language'
	@echo 'make test-install     make dist, and use each package as its users would, with the source tree out of reach'
	@echo 'make test-dependencies  look at the licences, origins and known weaknesses of the crates'
	@echo 'make test-long        run what takes minutes: ten million simulated sends, the host tests again and again, ThreadSanitizer, Miri'
	@echo 'make fuzz             fuzz each target for FUZZ_SECONDS=600; make test does it for seconds'
	@echo 'make simulate         make SENDS=200000 in a simulated world, from SEED=1 on; a seed that failed is run again this way'
	@echo 'make simulate-coverage  what of src/ the simulated world reaches'
	@echo 'make lib              build the release library: target/release/libshoutout_otp.so'
	@echo 'make sandbox          build and run the sandbox on http://127.0.0.1:8026'
	@echo 'make install          header, libraries, pkg-config and CMake files into PREFIX=/usr/local (DESTDIR=, LIBDIR=, …);'
	@echo '                      make uninstall takes them away again'
	@echo 'make dist             archives, wheel, source distribution and Composer package, into target/dist'
	@echo 'make docs             the reference of C, C++ and Rust, in target/doc; warnings are errors'
	@echo 'make header           renew include/shoutout_otp.h, and what is derived from it, from the source'
	@echo 'make abi-baseline     say that the C ABI is meant to be as it is now (refused where that breaks programs)'
	@echo 'make certainty-page   renew the tables of docs/certainty.md from what the library does'
	@echo 'make bench            measure ours beside libcurl, pycurl, requests, Guzzle and others; see docs/performance.md'
	@echo 'make bench-instructions  hold the instructions of a send to their budget'
	@echo 'make bench-sandbox    measure the sandbox: 2,000 sends per second for ten seconds'

demo: setup-demo lib $(SANDBOX)
	python3 examples/demo.py $(RELEASE)

test: setup-test test-rust test-simulation test-abi test-c test-host test-sanitizers test-fuzz test-cpp test-examples test-python test-php \
		test-openapi test-browser test-scripts docs bench-instructions
	@echo 'make test: everything that ran passed; look above for NOT RUN'

# Release artefacts are built one crate type at a time: together, cargo drops link-time optimisation in silence.
lib:
	cargo rustc --locked --release --lib --package shoutout-otp --crate-type cdylib
	ln -sf libshoutout_otp.so $(RELEASE)/$(SONAME)

# Everything that is compiled, as this machine's own compiler and linker make it.
bundle:
	packaging/bundle.sh native $(TARGET)/bundle/native

# Where sudo asks for it, what was built before is installed, for a compiler is not root's to run.
ifndef SUDO_USER
install: bundle
endif
install:
	@test -e $(TARGET)/bundle/native/shoutout-sandbox && \
		test -z "$$(find src include sandbox/src sandbox/page Cargo.toml Cargo.lock -newer $(TARGET)/bundle/native/shoutout-sandbox)" || \
		{ echo 'make install: build what is here first, as yourself: make bundle' >&2; exit 1; }
	packaging/install.sh install $(TARGET)/bundle/native

uninstall:
	packaging/install.sh uninstall $(TARGET)/bundle/native

dist: setup-dist
	packaging/dist.sh $(TARGET)/dist

header:
	cargo check --locked --lib --package shoutout-otp
	cp "$$(ls -t $(TARGET)/debug/build/shoutout-otp-*/out/shoutout_otp.h | head -n 1)" include/shoutout_otp.h
	php bindings/php/bin/flatten-header.php > bindings/php/src/Internal/Declarations.php
	tests/abi/list-functions.sh include/shoutout_otp.h > tests/abi/symbols.txt

abi-baseline: unstripped
	tests/abi/guard.sh renew $(UNSTRIPPED)

# With the debug information that says what each exported function takes and returns.
unstripped:
	cargo rustc --locked --lib --package shoutout-otp --crate-type cdylib

certainty-page:
	SHOUTOUT_RENEW_DOCS=1 cargo test --locked --package shoutout-otp --test certainty --test lying_answers --test name_server
	SHOUTOUT_RENEW_DOCS=1 $(SIMULATE) planted

sandbox: $(SANDBOX)
	$(SANDBOX)

.PHONY: $(SANDBOX) $(GOLDEN)
$(SANDBOX):
	cargo build --locked --release --package shoutout-sandbox

$(GOLDEN) golden-service:
	cargo build --locked --package stub-service

setup-demo:
	scripts/setup.sh demo

setup-dist:
	scripts/setup.sh dist

setup-test:
	scripts/setup.sh test

test-rust:
	cargo fmt --all --check
	cargo clippy --locked --workspace --all-targets -- -D warnings
	cargo clippy --locked --lib --test simulation --features simulation -- -D warnings
	cargo test --locked --workspace

test-simulation:
	$(SIMULATE) 1 200000
	$(SIMULATE) planted

simulate:
	$(SIMULATE) $(SEED) $(SENDS)

simulate-coverage:
	scripts/simulation-coverage.sh

test-abi: lib unstripped
	tests/abi/check.sh $(LIBRARY)
	tests/abi/guard.sh check $(UNSTRIPPED)

test-c: lib $(GOLDEN)
	tests/c/run.sh $(RELEASE) $(GOLDEN) $(TARGET)/tests-c

test-host: lib $(GOLDEN)
	cargo rustc --locked --release --lib --package shoutout-otp --crate-type cdylib --features panic-probe --target-dir $(PROBE)
	tests/host/run.sh $(RELEASE) $(PROBE)/release $(ECHO) $(TARGET)/tests-host

test-sanitizers: lib $(GOLDEN)
	scripts/sanitize.sh address $(GOLDEN) $(ECHO) $(RELEASE)

test-fuzz:
	cargo fmt --manifest-path fuzz/Cargo.toml --check
	scripts/fuzz.sh same

fuzz:
	scripts/fuzz.sh $(FUZZ_SECONDS)

test-miri:
	scripts/sanitize.sh miri

# After test-host, which builds what this runs.
test-long: test-host test-miri
	$(SIMULATE) 1000000 10000000 600
	for round in 1 2 3 4 5 6 7 8 9 10; do \
		tests/host/run.sh $(RELEASE) $(PROBE)/release $(ECHO) $(TARGET)/tests-host || exit 1; \
	done
	scripts/sanitize.sh thread

test-cpp: lib $(SANDBOX)
	tests/cpp/run.sh $(RELEASE) $(SANDBOX) $(TARGET)/tests-cpp

test-examples: lib $(SANDBOX)
	$(PYTHON) examples/test_examples.py $(RELEASE)

test-python: lib $(SANDBOX) $(GOLDEN)
	cd bindings/python && ../../$(PYTHON) -m ruff check . ../../examples ../../tests/install ../../benches
	cd bindings/python && ../../$(PYTHON) -m ruff format --check . ../../examples ../../tests/install ../../benches
	cd bindings/python && ../../$(PYTHON) -m mypy
	cd bindings/python && ../../$(PYTHON) -m pytest

test-php: lib $(SANDBOX) $(GOLDEN)
	cd bindings/php && composer validate --strict --no-interaction
	cd bindings/php && phpcs
	cd bindings/php && phpunit

# From what users install, with the source tree out of reach.
test-install: dist golden-service
	tests/install/c.sh $(TARGET)/dist
	tests/install/python.sh $(TARGET)/dist
	tests/install/php.sh $(TARGET)/dist

# The reference of C and C++, and of Rust.
docs:
	scripts/docs.sh $(TARGET)/doc

test-dependencies:
	scripts/dependencies.sh

test-openapi: $(SANDBOX)
	sandbox/tests/openapi/run.sh $(SANDBOX) $(TARGET)/openapi-venv

test-browser: lib $(SANDBOX)
	sandbox/tests/browser/run.sh $(SANDBOX) $(LIBRARY) $(TARGET)/browser-venv

setup-bench:
	scripts/setup.sh bench

bench-programs: lib
	benches/c/build.sh $(RELEASE) $(TARGET)/bench

bench: setup-bench bench-programs
	$(TARGET)/bench-venv/bin/python benches/bench.py $(LIBRARY) $(TARGET)/bench

bench-instructions: bench-programs
	python3 benches/instructions.py $(LIBRARY) $(TARGET)/bench

bench-instructions-renew: bench-programs
	python3 benches/instructions.py $(LIBRARY) $(TARGET)/bench --renew

# On two cores, whatever the machine has; built before, so that the compiler may have them all.
bench-sandbox:
	cargo bench --locked --package shoutout-sandbox --bench load --no-run
	taskset --cpu-list 0,1 cargo bench --locked --package shoutout-sandbox --bench load

test-scripts:
	scripts/version.sh check
	shellcheck scripts/*.sh packaging/*.sh tests/*/*.sh tests/install/*/*.sh benches/*/*.sh sandbox/tests/*/*.sh examples/*/*.sh .ci/run
