// Package contract holds the tests of what we believe about SQS, SNS and STS. They
// run with the AWS SDK against the embedded endpoint of package fake and, where
// they are running, against independent emulators. A belief that an emulator does
// not share stands in its table of deviations, with the reason, and is tested too:
// an emulator that agrees with us after all fails the test, so that a wrong belief
// of ours shows.
package contract
