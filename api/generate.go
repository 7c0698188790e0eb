// Package api is the HTTP contract: openapi.yaml, which API Gateway imports and
// front-ends generate clients from, and the Go types of its bodies. It holds no
// behaviour and imports nothing but time and JSON, so that it costs a function nothing.
//
// A required list must be made, even when it is empty: a nil slice would be
// written as null, which the contract forbids.
package api

//go:generate go tool oapi-codegen -config oapi-codegen.yaml openapi.yaml
