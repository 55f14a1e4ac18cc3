# Two commands do all set-up: make demo, make test.
SHELL := /bin/bash
.DEFAULT_GOAL := help

GO      ?= go
BIN     := bin/tocsin
# A plain `go build` works; these only make it say where it came from.
LDFLAGS := -X main.commit=$(shell git rev-parse --short HEAD 2>/dev/null || echo unknown)
TOOL    := $(GO) tool -modfile=tools/go.mod
FUZZTIME ?= 20s

.PHONY: help
help: ## show this list
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: demo
demo: build ## play an outage on a server with a temporary database, and say what to do next
	$(BIN) demo

.PHONY: run
run: build ## start the server with tocsin.yml (or the file that TOCSIN_CONFIG names)
	$(BIN) serve

.PHONY: build
build: ## build bin/tocsin
	$(GO) build -ldflags "$(LDFLAGS)" -o $(BIN) ./cmd/tocsin

.PHONY: test
test: deps ## run every test, with the race detector (installs what is missing, where it may)
	$(GO) vet ./...
	$(GO) test -race -timeout 9m ./...

.PHONY: test-slow
test-slow: export TOCSIN_SLOW = 1
test-slow: deps fuzz ## the tests that take longer: fuzzing, more kills, the measured streams, a real Bluesky network
	$(GO) test -timeout 60m ./...

.PHONY: deps
deps: ## install the Debian packages that tests need (PostgreSQL, Dovecot; Redis for the slow ones)
	@bash e2e/deps.sh

.PHONY: lint
lint: ## golangci-lint, the formatter, tidy modules, generated files
	@mkdir -p bin
	$(TOOL) golangci-lint run ./...
	$(GO) mod tidy -diff
	@$(MAKE) -s licences > bin/licences.txt || { cat bin/licences.txt; exit 1; }
	@git diff --exit-code -- web/api/openapi.json || { echo 'web/api/openapi.json is not current: go test ./web/api -update'; exit 1; }

.PHONY: fmt
fmt: ## format the code
	$(TOOL) gofumpt -w .

.PHONY: bench
bench: ## Go benchmarks of all packages
	$(GO) test -run '^$$' -bench . -benchmem ./...

.PHONY: bench-triage
bench-triage: build ## every score of the streams in TOCSIN_EVAL, in one table
	TOCSIN_SLOW=1 $(GO) test -count=1 -timeout 60m -run TestScores -v ./triage

.PHONY: fuzz
fuzz: ## each fuzz target for FUZZTIME (20s)
	@set -e; for f in $$(grep -rlE '^func Fuzz' --include='*_test.go' .); do \
	  for t in $$(sed -nE 's/^func (Fuzz[A-Za-z0-9_]+)\(.*/\1/p' $$f); do \
	    echo "== $$(dirname $$f) $$t"; $(GO) test -run '^$$' -fuzz "^$$t\$$" -fuzztime $(FUZZTIME) $$(dirname $$f); \
	  done; done

.PHONY: licences
licences: ## list the licences of all modules that the program is built from, and refuse unfit ones
	@mkdir -p bin && $(GO) -C tools build -o ../bin/licences ./licences && bin/licences

.PHONY: clean
clean: ## remove what was built
	rm -rf bin
