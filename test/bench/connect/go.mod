module github.com/sluice-bridge/sluice/test/bench/connect

go 1.26.0

require github.com/redpanda-data/connect/v4 v4.60.0
