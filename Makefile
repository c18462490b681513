# `make help` lists what there is.

GO       ?= go
CACHE    := $(abspath $(or $(SLUICE_TEST_CACHE),.cache))
BIN      := $(CACHE)/bin
PREFIX   ?= /usr/local
FUZZTIME ?= 10s
PKG      ?= ./...

GOLANGCI_VERSION    := v2.15.0
GOVULNCHECK_VERSION := v1.8.0

# The version is part of the name, so that a new one is fetched.
GOLANGCI    := $(BIN)/golangci-lint-$(GOLANGCI_VERSION)
GOVULNCHECK := $(BIN)/govulncheck-$(GOVULNCHECK_VERSION)
PARTS       := $(BIN)/parts

export SLUICE_TEST_CACHE := $(CACHE)

# One thing after another: two cores have no more to give, and output stays readable.
.NOTPARALLEL:
.DEFAULT_GOAL := help
.PHONY: help build install test test-short race race10 fault simulate simulate-bites soak bench bench-micro bench-routing fuzz check fmt vet lint vuln parts clean FORCE

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## build ./sluice
	CGO_ENABLED=0 $(GO) build -trimpath -o sluice ./cmd/sluice

install: build ## install sluice into PREFIX/bin
	install -d $(DESTDIR)$(PREFIX)/bin
	install -m 0755 sluice $(DESTDIR)$(PREFIX)/bin/sluice

# Tests that the race detector would falsify (allocation counts) carry the constraint
# !race; only their packages run a second time, without it.
PLAIN = $(sort $(dir $(shell grep -rlE --include='*_test.go' '^//go:build .*!race' --exclude-dir=.cache .)))

# Every step runs, whatever the ones before it found: one run tells all there is to mend.
test: parts $(PARTS) ## everything: linters, then all tests with real Kafka, ElasticMQ and moto
	@failed=; \
	$(MAKE) --no-print-directory check || failed="$$failed linters"; \
	(set -x; $(PARTS) run -timeout 22m $(GO) test -race -timeout 18m ./...) || failed="$$failed tests"; \
	if [ -n "$(PLAIN)" ]; then \
		(set -x; $(PARTS) run -timeout 10m $(GO) test -timeout 5m $(PLAIN)) || failed="$$failed tests-without-race"; \
	fi; \
	if [ -n "$$failed" ]; then echo "make test: failed:$$failed"; exit 1; fi

test-short: fmt vet ## the tests that need neither Java nor Python
	$(GO) test -short -timeout 5m $(PKG)

race: parts $(PARTS) ## all tests of PKG under the race detector, real servers included
	$(PARTS) run -timeout 20m $(GO) test -race -timeout 10m $(PKG)

race10: ## the short tests of PKG ten times under the race detector
	$(GO) test -race -short -count=10 -timeout 20m $(PKG)

BENCH       := $(BIN)/bench
BENCH_FLAGS := $(if $(ONLY),-only $(ONLY)) $(if $(WITH),-with $(WITH)) $(if $(BEFORE),-before $(abspath $(BEFORE))) $(if $(ROUNDS),-rounds $(ROUNDS)) $(if $(QUICK),-quick) $(if $(PROFILE),-profile) $(if $(RECORD),-record)

bench: parts $(PARTS) ## the bridge beside others; ONLY=sqs,low WITH=sluice,raw BEFORE=binary ROUNDS=7 QUICK=1 PROFILE=1 RECORD=1
	@$(GO) build -o $(BENCH) ./test/bench
	$(PARTS) run -only kafka -timeout 90m $(BENCH) $(BENCH_FLAGS)

# The packages are the steps that a message goes through.
bench-micro: ## decode, match, encode, sign, send and settle, with allocations
	$(GO) test -run '^$$' -bench . -benchmem ./codec ./routing/... ./bridge/pipeline ./bridge/delivery ./bridge/offsets ./bridge/aws ./bridge/sqs ./bridge/sns

# Built and not `go run`, which does not pass signals on.
FAULT = $(GO) build -o $(BIN)/fault ./test/fault/cmd/fault && $(BIN)/fault

fault: parts ## faults against the real thing, as a table; SCHEDULE=name SEED=1 RUNS=1, RECORD=1 for docs/RELIABILITY.md
	$(FAULT) $(if $(SEED),-seed $(SEED)) $(if $(SCHEDULE),-schedule $(SCHEDULE)) $(if $(RUNS),-runs $(RUNS)) \
		$(if $(RECORD),-record docs/RELIABILITY.md)

# The scenarios that failed, shrunk, are kept in .cache/simulate.
SIMULATE = $(GO) build -o $(BIN)/simulate ./test/simulate/cmd/simulate && $(BIN)/simulate

simulate: ## the bridge in virtual time; RUNS=1000 scenarios from SEED on, RECORD=1 for docs/RELIABILITY.md; or SCENARIO=file
	$(SIMULATE) $(if $(SEED),-seed $(SEED)) $(if $(RUNS),-runs $(RUNS)) $(if $(SCENARIO),-scenario $(SCENARIO)) \
		-keep $(CACHE)/simulate $(if $(RECORD),-record docs/RELIABILITY.md)

simulate-bites: ## take fixes back one by one, and see that scenarios find it; RUNS=1000 ONLY=name RECORD=1
	$(SIMULATE) -bites test/simulate/bites -seed $(or $(SEED),1) $(if $(RUNS),-runs $(RUNS)) $(if $(ONLY),-only $(ONLY)) \
		-keep $(CACHE)/simulate/bites $(if $(RECORD),-record docs/RELIABILITY.md)

soak: parts ## COUNT events through one instance, watching its memory; 1,500 a second; Ctrl-C: a verdict at once
	$(FAULT) -soak $(or $(COUNT),100000)

bench-routing: parts ## routing beside Event Ruler, on the same rules and events
	$(GO) run ./test/ruler/bench

# go test fuzzes one target of one package at a time.
fuzz: parts ## each fuzz target for FUZZTIME, and new pairs for Event Ruler (PAIRS=200000)
	SEED=$$(date +%s) $(GO) test -v -run TestSameAnswersAsEventRuler -timeout 60m ./test/ruler
	@grep -rnoE --include='*_test.go' --exclude-dir=.cache '^func Fuzz[A-Za-z0-9_]*' . | sed 's/:[0-9]*:func / /' | \
	while read -r file target; do \
		echo "$$target in $$(dirname $$file)"; \
		$(GO) test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) $$(dirname $$file) || exit 1; \
	done

check: ## formatting, go vet and the linters
	@$(MAKE) -k --no-print-directory fmt vet lint

fmt:
	@files=$$(find . -name '*.go' -not -path './.cache/*' | xargs gofmt -l); \
	if [ -n "$$files" ]; then printf 'not formatted, run gofmt -w on:\n%s\n' "$$files"; exit 1; fi

# The bench's plots are drawn by a module of its own, which a machine may be unable to fetch.
vet:
	$(GO) vet ./...
	@cd test/bench/plot && if $(GO) mod download 2>/dev/null; then $(GO) vet ./... && $(GO) build -o /dev/null .; \
	else echo 'vet: test/bench/plot skipped, its modules could not be fetched'; fi

# A machine that cannot fetch the linter still runs the tests.
lint: ## golangci-lint, installed on first use
	@if $(MAKE) -s --no-print-directory $(GOLANGCI); then \
		$(GOLANGCI) run --timeout 10m $(PKG); \
	else \
		echo 'lint: skipped, golangci-lint $(GOLANGCI_VERSION) could not be installed'; \
	fi

vuln: $(GOVULNCHECK) ## known vulnerabilities in what is linked (needs the network)
	@out=$$($(GOVULNCHECK) $(PKG) 2>&1); code=$$?; \
	case "$$out" in \
	*'fetching vulnerabilities'*) echo 'vuln: not done, the vulnerability database cannot be reached'; exit 1 ;; \
	*) echo "$$out"; exit $$code ;; \
	esac

parts: ## download the servers that the tests talk to, once
	@test/parts/setup

clean: ## remove what was built; the downloads in .cache stay
	@[ ! -x $(PARTS) ] || $(PARTS) down
	rm -rf sluice dist coverage.out $(CACHE)/run $(PARTS)

# Installed aside and moved, so that an interrupted build leaves nothing half done.
define install_tool
	@mkdir -p $(BIN)
	@echo 'installing $(1)'
	@dir=$$(mktemp -d) && GOFLAGS= GOBIN=$$dir $(GO) install $(1) && mv $$dir/* $@; code=$$?; rm -rf $$dir; exit $$code
endef

$(GOLANGCI):
	$(call install_tool,github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_VERSION))

$(GOVULNCHECK):
	$(call install_tool,golang.org/x/vuln/cmd/govulncheck@$(GOVULNCHECK_VERSION))

# Built and not `go run`, which does not pass signals on.
$(PARTS): FORCE
	@$(GO) build -o $@ ./test/parts/cmd/parts

FORCE:
