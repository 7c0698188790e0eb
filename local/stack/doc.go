// Package stack is the local stack: the system of template.yaml, deployed to an
// emulator of AWS and to the real DynamoDB Local on this machine, with no
// account and no container.
//
// Up starts or refreshes it, Down stops it, Load finds a running one; what Load
// returns speaks to it over the AWS APIs only, so that another emulator or a
// real account can take the emulator's place. The two things read from the
// emulator itself are the mails it caught and its health.
//
// Several stacks may run at once, each with a name (ONBOARDING_STACK, "run"
// unless set), a folder .local/<name> and ports of its own.
package stack
