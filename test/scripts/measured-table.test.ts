import { expect, test } from "bun:test";
import { measuredTable, ratesIn } from "../../scripts/measured-table.ts";

const row = (who: string, way: string, rate: string) =>
	`| ${who} | ${way} | ${rate} (1–${rate}) | 0.10 | 0.10 | 0.10 | 1.00 | 0 | server 1.00 | server 80 |`;
const RESULTS = [
	"| Ratio (median of the rounds) | measured | target | reached |",
	"| raw, QoS 1, 1 | 0.87 | 1 | **no** |",
	row("mosquitto, raw", "QoS 0, 1", "1,000"),
	row("mosquitto, raw", "QoS 1, 1", "800"),
	row("iotctl, raw", "QoS 0, 1", "1,200"),
	row("iotctl, raw", "QoS 1, 1", "700"),
	row("iotctl, seed graph", "10,000/s", "9,999"),
	row("mosquitto, raw, 40 + 40 clients", "QoS 1, 1 each", "2,000"),
	row("iotctl, 40 seed graphs, 40 + 40 clients", "QoS 1, 1 each", "1,000"),
].join("\n");

test("rates are read by who and how", () => {
	const rates = ratesIn(RESULTS);
	expect(rates.get("iotctl, raw | QoS 0, 1")).toBe(1200);
	expect(rates.size).toBe(7);
});

test("what was not measured is a dash, and what is slower than a peer has its own heading", () => {
	const text = measuredTable(RESULTS);
	expect(text).toContain("| mosquitto alone, QoS 0 / 1 / 2 | 1,000 / 800 / – | – / – / – |");
	expect(text.slice(text.indexOf("###"))).toBe(
		`### Slower than a peer

- The broker alone, of mosquitto: 0.88 at QoS 1, 1 in flight.
- 40 graphs with Python, of mosquitto, which computes nothing: 0.50 at QoS 1, 1 each in flight.
`,
	);
});

test("it says so where nothing is slower", () => {
	expect(measuredTable(row("mosquitto, raw", "QoS 0, 1", "1"))).toContain("Nothing in this run.");
});
