// Package demo shows the local stack at work: it takes one company from
// enrolment to its first distributor through the deployed API, as each of the
// persons who act, and tells on the terminal what happens.
//
// What it plays is said by an input file; some are shipped (Shipped). Load
// reads one and refuses it with every fault at once, so nothing is started for
// a faulty one. Play runs it.
//
// The demo knows the system from outside: it calls the API, reads the mails
// that the emulator caught and the executions' histories, and invokes the
// outbox and reminder functions more often than their schedules do, because
// its business days last seconds. Of what AWS does and the emulator doesn't, it
// plays the search for malware in documents and the bounce of a mail. The rules
// themselves are used for one thing only, judging the input before anything
// runs.
package demo
