// Package e2e tries the whole system as it is deployed: through the API with
// tokens of the user pool, with the workflows, the table and the mails that
// come of it. Its tests need the local stack and carry the build tag stack:
//
//	go run ./local test ./test/e2e
//
// Each test makes companies and users of its own, so that all run at once.
package e2e
