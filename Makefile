# make demo      installs what is missing, builds, and runs the main job
# make test      installs what is missing and passes all tests
# make bench     measures this machine
# make fuzz      crafted files against the readers, for minutes
# make kill-test the fault tests in their long form
# make check-oracles  metrics and exports beside the Python packages that others use
# make install   puts the binary, completions and the manual page under PREFIX
SHELL := /bin/sh
SWIFT ?= swift
PREFIX ?= /usr/local
DESTDIR ?=
# One configuration for everything, so that nothing is compiled twice.
PRODUCT := $(SWIFT) build -c release --product expert-gen
BUILD := $(SWIFT) build -c release --build-tests
BINARY := .build/release/expert-gen
# The real model and vocabulary of the tests, fetched once (Scripts/test-models).
MODELS ?= $(or $(EXPERT_TEST_MODELS),$(CURDIR)/.build-models)
# What is installed holds Swift's own libraries, so that it runs on machines without Swift.
STATIC := $(SWIFT) build -c release --static-swift-stdlib -Xlinker -s \
  --scratch-path .build-static --product expert-gen
STATIC_BINARY := .build-static/release/expert-gen

.PHONY: demo test check-oracles fuzz kill-test audit-procedural build deps lint format embed bench install uninstall clean

demo: build
	@Scripts/test-models "$(MODELS)" || true
	@Scripts/demo $(BINARY) "$(MODELS)"

# Where the real model cannot be had, its tests are skipped and counted at the end.
test: deps
	@Scripts/test-models "$(MODELS)" || true
	$(BUILD)
	EXPERT_GEN_BINARY=$(CURDIR)/$(BINARY) EXPERT_TEST_MODELS=$(MODELS) \
	  Scripts/run-tests $(SWIFT) test -c release --skip-build

# Kills in their long form: 220 of a job of 5,000 records, and the guide's command in full.
kill-test: deps
	$(BUILD)
	EXPERT_LONG_TESTS=1 EXPERT_GEN_BINARY=$(CURDIR)/$(BINARY) \
	  $(SWIFT) test -c release --skip-build --filter 'KillTests|StoreFaultTests|ProviderFaultTests|CheckpointFaultTests'

# Fifty thousand accepted records of each computed domain, by filters and duplicate search, with
# the share of the most frequent template.
audit-procedural: deps
	$(BUILD)
	PROCEDURAL_AUDIT=60000 $(SWIFT) test -c release --skip-build --filter mostRecordsAreAccepted

# Crafted files against every reader, two minutes each: FUZZ_SECONDS says how long.
fuzz: deps
	$(BUILD)
	FUZZ_SECONDS=$${FUZZ_SECONDS:-120} $(SWIFT) test -c release --skip-build --filter Fuzz

# PYTHON is one that has the packages that each script names at its head.
PYTHON ?= python3
check-oracles: build
	@Scripts/test-models "$(MODELS)"
	$(PYTHON) Tests/Tools/metric-oracles.py check $(BINARY)
	$(PYTHON) Tests/Tools/check-export.py peft $(BINARY)
	$(PYTHON) Tests/Tools/check-export.py real $(BINARY) "$(MODELS)/SmolLM2-135M-Instruct.Q4_1.gguf"
	$(PYTHON) Tests/Tools/check-export.py quants $(BINARY)
	$(PYTHON) Tests/Tools/check-export.py llama $(BINARY) "$(MODELS)/SmolLM2-135M-Instruct.Q4_1.gguf"
	$(PYTHON) Tests/Tools/check-export.py dataset $(BINARY)

build: deps
	$(PRODUCT)

deps:
	@Scripts/deps

lint:
	$(SWIFT) format lint --strict --recursive --parallel Package.swift Sources Tests
	@Scripts/embed --check

format:
	$(SWIFT) format --in-place --recursive --parallel Package.swift Sources Tests

embed:
	@Scripts/embed

bench: build
	$(BINARY) bench data
	@Scripts/test-models "$(MODELS)"
	$(BINARY) bench model --base "$(MODELS)/SmolLM2-135M-Instruct.Q4_1.gguf" \
	  --ranks "$(MODELS)/qwen.tiktoken"
	$(BINARY) bench train
	$(BINARY) bench expert

install: deps
	$(STATIC)
	@Scripts/install $(STATIC_BINARY) "$(DESTDIR)$(PREFIX)"

uninstall:
	@Scripts/install --remove "$(DESTDIR)$(PREFIX)"

clean:
	rm -rf .build .build-static
