// Takes the picture of the live page in docs/operations.md: starts dist/iotctl, registers a few devices, draws two graphs, sends data for some
// seconds, and photographs the live page in Chromium. `npm run build && node_modules/.bin/bun scripts/screenshot.ts`

import { join } from "node:path";
import puppeteer from "puppeteer-core";
import { type Json, TestDevice, TestGraph } from "../test/support/gateway.ts";
import { TestClient } from "../test/support/mqtt.ts";
import { startBinary } from "../test/support/target.ts";
import { readArguments } from "./program-arguments.ts";

readArguments(
	{
		usage: "bun scripts/screenshot.ts",
		about: "Takes the picture of the live page, docs/live-page.png.",
	},
	{},
);

const PICTURE = join(import.meta.dir, "../docs/live-page.png");
const MAX_BYTES = 150_000;
const EVERY_MS = 200;
/** Rates are those of the last seconds. */
const SENDING_MS = 6000;
const SIZE = { width: 1100, height: 868 };

const COMFORT = `def run(temperature, humidity):
    if temperature is None or humidity is None:
        return 0
    return round(max(0, temperature - 20) * 10 + max(0, humidity - 50))
`;
const LENGTH = `import math

def run(x, y, z):
    return math.sqrt(x * x + y * y + z * z)
`;
const BRIGHTNESS = "def run(g): return min(100, round(g * 5))\n";

const server = await startBinary({ log: { level: "info" } });
const browser = await puppeteer.launch({
	executablePath: Bun.which("chromium") ?? "chromium",
	args: ["--no-sandbox", "--disable-gpu", "--hide-scrollbars"],
});
const clients: TestClient[] = [];
try {
	const page = await browser.newPage();
	await page.setViewport(SIZE);
	const stopSending = await play();
	await page.goto(server.http);
	await Bun.sleep(SENDING_MS);
	await page.screenshot({ path: PICTURE });
	stopSending();
	const { size } = Bun.file(PICTURE);
	console.log(`${PICTURE}: ${size} bytes`);
	if (size > MAX_BYTES) throw new Error(`The picture is larger than ${MAX_BYTES} bytes`);
} finally {
	await browser.close();
	for (const client of clients) await client.end();
	await server.dispose();
}

/** Four devices and two graphs; data flows until the function it gives is called. */
async function play(): Promise<() => void> {
	const sensor = await device("Greenhouse sensor", "DHT22", ["Temperature", "Humidity"], []);
	const fan = await device("Fan", "PWM", [], ["Speed"]);
	const phone = await device("Ada's phone", "Smartphone", ["Acceleration"], []);
	const lamp = await device("Desk lamp", "ESP32", [], ["Brightness"]);

	await graph("greenhouse", COMFORT, [
		{ da_id: sensor.id, idf: "Temperature" },
		{ da_id: sensor.id, idf: "Humidity" },
		{ da_id: fan.id, odf: "Speed" },
	]);
	await graph("phone and lamp", BRIGHTNESS, [
		{ da_id: phone.id, idf: "Acceleration", code: LENGTH },
		{ da_id: lamp.id, odf: "Brightness" },
	]);

	const topics = new Map<string, { from: TestDevice; topic: string }>();
	for (const [from, count] of [[sensor, 2] as const, [fan, 1] as const, [phone, 1] as const]) {
		for (let each = 0; each < count; each++) {
			const { idf, topic } = await from.signal();
			if (typeof idf === "string") topics.set(idf, { from, topic: String(topic) });
		}
	}
	await lamp.signal();
	let step = 0;
	const send = (feature: string, values: number[]) => {
		const place = topics.get(feature);
		void place?.from.client.publish(
			place.topic,
			values.map((value) => Number(value.toFixed(2))),
		);
	};
	const timer = setInterval(() => {
		step += 1;
		const wave = Math.sin(step / 7);
		send("Acceleration", [wave * 3, 9.81 - wave, Math.cos(step / 5)]);
		if (step % 5 === 0) send("Temperature", [24 + wave]);
		if (step % 10 === 0) send("Humidity", [61 - wave * 4]);
	}, EVERY_MS);
	return () => clearInterval(timer);
}

async function device(name: string, model: string, idfs: string[], odfs: string[]) {
	const features = (names: string[]) =>
		names.length === 0 ? undefined : names.map((feature) => [feature, ["None"]]);
	const registered = await TestDevice.register(server, {
		name,
		idf_list: features(idfs),
		odf_list: features(odfs),
		profile: { model },
	});
	clients.push(registered.client);
	await registered.say("online");
	return registered;
}

async function graph(name: string, join: string, links: (Json & { code?: string })[]) {
	const client = await TestClient.connect(server.mqtt);
	clients.push(client);
	const drawn = await TestGraph.open(client, "ccm", name);
	await drawn.ok({ op: "attach" });
	for (const { code, ...link } of links) {
		const [func = null] = code === undefined ? [] : await drawn.addFunctions(code);
		await drawn.ok({ op: "add_link", func, ...link });
	}
	const [digest] = await drawn.addFunctions(join);
	await drawn.ok({ op: "set_join", prev: null, new: digest });
}
