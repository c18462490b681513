package kafka

import "time"

// revokeDrain bounds the wait for what is in flight at a revocation. It is far below the rebalance
// timeout: a member that exceeds that loses everything it has.
const revokeDrain = 10 * time.Second

// commitTimeout bounds one commit, and what it waits for the one before: it blocks while the group rebalances.
const commitTimeout = 5 * time.Second

// lookUpTimeout bounds one look-up of offsets.
const lookUpTimeout = 10 * time.Second
