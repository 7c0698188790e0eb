# Everything a developer types. Only Go and Python 3.11 or newer need to be there:
# `make setup` brings the rest into .local/ (and every target that needs it does so by itself).
.DEFAULT_GOAL := help
.PHONY: help setup build run up stop test roles check generate bench token

LOCAL := go run ./local

help: ## this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  \1\t/' | expand -t 14

setup: ## bring the tools of the local stack into .local/
	@$(LOCAL) setup

build: ## compile the functions as they are deployed (ARCH=arm64 or amd64)
	CGO_ENABLED=0 GOOS=linux GOARCH=$(or $(ARCH),arm64) GOFLAGS='-trimpath -tags=lambda.norpc -ldflags=-s' go build -o .local/bin/ ./functions/...

run: ## start the local stack and onboard a company (INPUT=file, or the name of a shipped one)
	@$(LOCAL) run $(if $(INPUT),-input '$(INPUT)')

up: ## start the local stack, or bring the running one up to date
	@$(LOCAL) up

stop: ## stop the local stack
	@$(LOCAL) down

token: ## print an ID token (USER_EMAIL=globaladmin@contoso.example)
	@$(LOCAL) token $(or $(USER_EMAIL),globaladmin@contoso.example)

test: check ## all checks, all tests, also those that need the local stack
	@$(LOCAL) test

roles: ## the end-to-end tests again, where functions may do only what their roles allow
	@ONBOARDING_ENFORCE_IAM=true $(LOCAL) test ./test/e2e

check: ## format, vet, lint, template, generated files
	@unformatted=$$(gofmt -l $$(git ls-files --cached --others --exclude-standard '*.go')); \
	if [ -n "$$unformatted" ]; then echo "gofmt -w these:"; echo "$$unformatted"; exit 1; fi
	go vet ./...
	go vet -tags stack ./...
	go tool staticcheck -tags stack ./...
	@$(LOCAL) sam validate --lint
	@$(LOCAL) drift

generate: ## write the generated files anew
	go generate ./...

bench: ## measure against the targets (needs nothing running)
	@go run ./bench
