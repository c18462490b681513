package simulate

import (
	"fmt"
	"time"
)

// brokerEvents happen to brokers: where leaders and coordinators are, and which brokers are there.
var brokerEvents = []eventKind{
	{"move leader", drawLog, moveLeader},
	{"shuffle leaders", drawSeed, shuffleLeaders},
	{"rehash coordinators", drawNothing, rehash},
	{"remove broker", drawWhile, removeBroker},
	{"slow coordinator", drawLate, slowCoordinator},
	{"throttle", drawLate, throttleAnswers},
}

// whiles are how long a fault of brokers lasts: less than retries take, about as long as sessions, and longer
// than anything waits.
var whiles = []time.Duration{500 * time.Millisecond, 3 * time.Second, 8 * time.Second, 20 * time.Second, 50 * time.Second, 2 * time.Minute, 6 * time.Minute}

func drawWhile(r random, _ *Scenario, e *Event) { e.For = pick(r, whiles) }

// drawLog draws a partition.
func drawLog(r random, sc *Scenario, e *Event) { e.Name = pick(r, sc.Topics).Name }

// drawSeed draws what an event draws by itself.
func drawSeed(r random, _ *Scenario, e *Event) { e.Count = 1 + r.IntN(1000) }

// drawLate draws a delay of milliseconds.
func drawLate(r random, sc *Scenario, e *Event) {
	drawWhile(r, sc, e)
	e.Count = pick(r, []int{50, 700, 4000, 12000})
}

func moveLeader(w *world, e Event) error {
	p, _, end, err := w.brokers.hold(e)
	if err != nil {
		return err
	}
	defer end()
	w.brokers.lead(e.Name, p, w.brokers.node(e.Broker))
	return nil
}

// shuffleLeaders has all partitions led by others.
func shuffleLeaders(w *world, e Event) error {
	end, err := w.brokers.turnSoon(w.brokers.topics()...)
	if err != nil {
		return err
	}
	defer end()
	w.brokers.shuffle(newRandom(uint64(e.Count), brokerStream))
	return nil
}

// shuffle is called with all turns held.
func (b *brokers) shuffle(r random) {
	for _, topic := range append(b.topics(), letterTopic) {
		for p := range b.partitions(topic) {
			b.lead(topic, p, b.node(r.IntN(len(b.addresses))))
		}
	}
}

func rehash(w *world, _ Event) error {
	w.brokers.cluster.RehashCoordinators()
	return nil
}

// removeBroker takes a broker away for a while. What it led, others lead.
func removeBroker(w *world, e Event) error {
	b := w.brokers
	if len(b.nodes()) == 1 {
		return errNothing
	}
	end, err := b.turnSoon(b.topics()...)
	if err != nil {
		return err
	}
	defer end()
	node, chance := b.node(e.Broker), newRandom(w.scenario.Seed, brokerStream+uint64(e.At))
	if err := b.cluster.RemoveNode(node); err != nil {
		return err
	}
	b.shuffle(chance) // who leads is drawn by the cluster, and here by the seed
	w.network.CutTo(b.addresses[node])
	w.during(e.For, func() {
		for _, topic := range b.topics() {
			defer b.turn(topic)()
		}
		if _, _, err := b.cluster.AddNode(node, port(b.addresses[node])); err != nil {
			panic(fmt.Sprintf("adding node %d again: %v", node, err)) // its address is free
		}
		b.shuffle(chance)
	})
	return nil
}

// throttleAnswers has all brokers say that a quota is used up.
func throttleAnswers(w *world, e Event) error {
	w.brokers.throttle.set(time.Duration(e.Count) * time.Millisecond)
	w.during(e.For, func() { w.brokers.throttle.set(0) })
	return nil
}
