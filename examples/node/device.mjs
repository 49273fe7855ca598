// A device in Node.js: registers, publishes "online", sends a number each second, prints what it receives,
// and deregisters at Ctrl-C.
//
// Needs Node.js 20 or newer, and MQTT.js:  npm install
//
//     node device.mjs                                          a server on this machine
//     node device.mjs --server http://gateway.local:9992 --token TOKEN
//     NODE_EXTRA_CA_CERTS=ca.pem node device.mjs --server https://gateway.local:9992 --token TOKEN
//
// On failure it prints one line to standard error and ends with exit code 1.
import { randomUUID } from "node:crypto";
import { parseArgs } from "node:util";
import mqtt from "mqtt";

const { values: options } = parseArgs({
	options: {
		server: { type: "string", default: "http://localhost:9992" },
		id: { type: "string", default: randomUUID() },
		token: { type: "string" },
		every: { type: "string", default: "1" },
	},
});
const address = `${options.server.replace(/\/+$/, "")}/${options.id}`;
const headers = {
	"Content-Type": "application/json",
	...(options.token && { Authorization: `Bearer ${options.token}` }),
};

const registration = await register();
console.log(`registered as ${registration.name} (${registration.id})`);
const [uplink, downlink] = registration.ctrl_chans;
const presence = (state) => JSON.stringify({ state, rev: registration.rev });

const { scheme, host, port } = registration.url;
const client = mqtt.connect(`${scheme}://${host}:${port}`, {
	username: registration.username,
	password: registration.password,
	// The broker publishes this when the connection of the device is lost.
	will: { topic: uplink, payload: presence("offline"), qos: 1, retain: true },
});
let timer;

client.on("connect", async () => {
	// The downlink first: a signal that comes at once is not missed then.
	await client.subscribeAsync(downlink, { qos: 2 });
	await client.publishAsync(uplink, presence("online"), { qos: 1, retain: true });
	console.log("online");
});

client.on("message", (topic, payload) => {
	if (topic !== downlink) {
		console.log(`received ${payload}`);
		return;
	}
	const signal = JSON.parse(payload.toString());
	const [kind, name] = "idf" in signal ? ["idf", signal.idf] : ["odf", signal.odf];
	console.log(`${signal.command} ${kind} ${name}`);
	if (kind === "idf") clearInterval(timer);
	if (signal.command === "CONNECT") connectFeature(kind, signal.topic);
	else if (kind === "odf") client.unsubscribe(signal.topic);
	client.publish(uplink, JSON.stringify({ msg_id: signal.msg_id, state: "ok" }), { qos: 1 });
});

// A refused login stays refused; a broken connection is opened again by MQTT.js.
client.on("error", (error) => {
	if (error.code === 4 || error.code === 5) fail(`the broker refused the login: ${error.message}`);
	console.error(`device.mjs: ${error.message || error.code}`);
});
client.on("close", () => clearInterval(timer));

process.once("SIGINT", async () => {
	clearInterval(timer);
	await client.publishAsync(uplink, presence("offline"), { qos: 1, retain: true });
	await client.endAsync();
	await fetch(address, {
		method: "DELETE",
		headers,
		body: JSON.stringify({ rev: registration.rev }),
	});
	console.log("deregistered");
	process.exit(0);
});

async function register() {
	let response;
	try {
		response = await fetch(address, {
			method: "PUT",
			headers,
			body: JSON.stringify({
				name: "NodeCat",
				idf_list: [["meow", ["dB"]]],
				odf_list: [["meow", ["dB"]]],
				accept_protos: ["mqtt"],
				profile: { model: "AI" },
			}),
			signal: AbortSignal.timeout(10_000),
		});
	} catch (error) {
		fail(`cannot register at ${address}: ${error.cause?.message || error.cause?.code || error.message}`);
	}
	const answer = await response.json().catch(() => ({ reason: "the answer is not JSON" }));
	if (response.ok) return answer;
	fail(`the server refused to register: ${response.status} ${answer.reason}`);
}

function connectFeature(kind, topic) {
	if (kind === "odf") {
		client.subscribe(topic);
		return;
	}
	const send = () => {
		const number = Math.floor(Math.random() * 100);
		client.publish(topic, JSON.stringify([number]));
		console.log(`sent [${number}]`);
	};
	send();
	timer = setInterval(send, Number(options.every) * 1000);
}

function fail(reason) {
	console.error(`device.mjs: ${reason}`);
	process.exit(1);
}
