import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import software.amazon.event.ruler.GenericMachine;
import software.amazon.event.ruler.JsonRuleCompiler;
import software.amazon.event.ruler.Patterns;

/** Answers for Event Ruler: one JSON object a line in, one a line out. */
public class Oracle {
    static final ObjectMapper JSON = new ObjectMapper();

    public static void main(String[] args) throws Exception {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8), 1 << 16);
        PrintStream out = new PrintStream(System.out, false, "UTF-8");
        for (String line; (line = in.readLine()) != null; ) {
            JsonNode request = JSON.readTree(line);
            ObjectNode answer = JSON.createObjectNode();
            if (request.has("numbers")) {
                numbers(request.get("numbers"), answer);
            } else if (request.has("measure")) {
                measure(request, answer);
            } else {
                match(request, answer);
            }
            out.print(JSON.writeValueAsString(answer) + "\n");
            out.flush();
        }
    }

    /** For each pattern why it is refused, or null; and for each event whether it matches. */
    static void match(JsonNode request, ObjectNode answer) {
        ArrayNode refused = answer.putArray("refused");
        ArrayNode matches = answer.putArray("matches");
        for (JsonNode pattern : request.get("patterns")) {
            ArrayNode row = matches.addArray();
            GenericMachine<String> machine;
            try {
                machine = machine(pattern.asText(), "rule", null);
                refused.addNull();
            } catch (Throwable e) {
                refused.add(String.valueOf(e.getMessage()).split("\n")[0]);
                continue;
            }
            for (JsonNode event : request.get("events")) {
                boolean matched;
                try {
                    matched = !machine.rulesForJSONEvent(event.asText()).isEmpty();
                } catch (Exception e) {
                    matched = false;
                }
                row.add(matched);
            }
        }
    }

    /**
     * Adds a pattern to a machine. Machine.addRule would take a pattern whose $or it cannot read for
     * one with a field of this name, as versions without $or did.
     */
    static GenericMachine<String> machine(String pattern, String name, GenericMachine<String> machine) throws Exception {
        List<Map<String, List<Patterns>>> alternatives = JsonRuleCompiler.compile(pattern);
        if (machine == null) {
            machine = GenericMachine.<String>builder().build();
        }
        for (Map<String, List<Patterns>> alternative : alternatives) {
            machine.addPatternRule(name, alternative);
        }
        return machine;
    }

    /** For each number whether this Java writes its double in more digits than it needs, and the form in which numbers are compared. */
    static void numbers(JsonNode numbers, ObjectNode answer) {
        ArrayNode odd = answer.putArray("odd");
        ArrayNode forms = answer.putArray("forms");
        for (JsonNode n : numbers) {
            boolean longer = false;
            String form = "";
            try {
                double d = new BigDecimal(n.asText()).doubleValue();
                BigDecimal written = BigDecimal.valueOf(d).stripTrailingZeros();
                BigDecimal exact = new BigDecimal(d);
                for (int digits = 1; digits < written.precision() && !longer; digits++) {
                    longer = exact.round(new MathContext(digits)).doubleValue() == d;
                }
                // Of two forms equally long, the nearer one is right.
                longer |= d != 0 && exact.round(new MathContext(written.precision())).compareTo(written) != 0;
            } catch (RuntimeException e) {
                // No double at all: nothing to write.
            }
            try {
                form = Patterns.numericEquals(n.asText()).pattern();
            } catch (RuntimeException e) {
                // No number that can be compared: no form.
            }
            odd.add(longer);
            forms.add(form);
        }
    }

    /** Events a second of this thread's processor time (what compiler and collector take is left out): the best of ten parts, for one machine with all patterns once it is warm. */
    static void measure(JsonNode request, ObjectNode answer) throws Exception {
        GenericMachine<String> machine = GenericMachine.<String>builder().build();
        int i = 0;
        for (JsonNode pattern : request.get("measure")) {
            machine(pattern.asText(), "rule " + i++, machine);
        }
        String event = request.get("event").asText();
        answer.put("matched", machine.rulesForJSONEvent(event).size());
        run(machine, event, request.get("warmup").asLong());
        double best = 0;
        for (int part = 0; part < 10; part++) {
            best = Math.max(best, run(machine, event, request.get("millis").asLong() / 10));
        }
        answer.put("per_second", best);
    }

    static double run(GenericMachine<String> machine, String event, long millis) throws Exception {
        ThreadMXBean clock = ManagementFactory.getThreadMXBean();
        long start = clock.getCurrentThreadCpuTime(), end = start + millis * 1_000_000, now, count = 0, sink = 0;
        do {
            for (int i = 0; i < 100; i++) {
                sink += machine.rulesForJSONEvent(event).size();
            }
            count += 100;
        } while ((now = clock.getCurrentThreadCpuTime()) < end);
        if (sink < 0) {
            throw new IllegalStateException();
        }
        return count * 1e9 / (now - start);
    }
}
