package kafka

import "time"

// RevokeDrain bounds the wait for what is in flight at a revocation. It is far below the rebalance
// timeout: a member that exceeds that loses everything it has.
const RevokeDrain = 10 * time.Second

// CommitTimeout bounds one commit, and what it waits for the one before: it blocks while the group rebalances.
const CommitTimeout = 5 * time.Second

// LookUpTimeout bounds one look-up of offsets.
const LookUpTimeout = 10 * time.Second
