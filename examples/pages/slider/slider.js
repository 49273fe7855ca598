// A device that is a page: it sends a number and shows what it receives, over HTTP alone.
// The server serves such pages with an origin of their own, so there is no cookie and no localStorage here: the id and
// the password of the device are kept behind the # of the address, where a reload finds them.
const FEATURES = { idf_list: [["DummySensor-I", ["v"]]], odf_list: [["DummyControl-O", ["v"]]] };
/** Where the server is, whatever path a proxy puts before it: two folders above this file's. */
const SERVER = new URL("../../", import.meta.url);
const RETRY_MS = 3000;

const slider = document.querySelector("#slider");
const received = document.querySelector("#received");
const state = document.querySelector("#state");

let [id, password] = location.hash.slice(1).split("/");
id ||= newId();
let device;
let isSending = false;
let newest;

slider.addEventListener("input", () => {
	newest = Number(slider.value);
	void send();
});
void live();

/** Registers, receives until something fails, and begins again. */
async function live() {
	for (;;) {
		try {
			device = await register();
			await receive();
		} catch (error) {
			state.textContent = `${error.message}; trying again`;
			await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
		}
	}
}

async function register() {
	const response = await fetch(new URL(id, SERVER), {
		method: "PUT",
		headers: { "Content-Type": "application/json", ...login() },
		body: JSON.stringify({
			name: `Slider ${id.slice(0, 4)}`,
			...FEATURES,
			accept_protos: ["http"],
			profile: { model: "Dummy_Device" },
		}),
	});
	const answer = await response.json();
	if (!response.ok) throw new Error(answer.reason);
	password = answer.password;
	location.replace(`#${id}/${password}`);
	return answer;
}

/** Asks again and again for what is new; each answer waits up to 25 s for it. */
async function receive() {
	for (let next = 0; ; ) {
		const response = await fetch(`${device.down}?wait=25&after=${next}`, { headers: login() });
		const answer = await response.json();
		if (!response.ok) throw new Error(answer.reason);
		const features = answer.connected.join(", ") || "no graph yet";
		state.textContent = `${answer.name}: connected to ${features}`;
		const values = answer.data["DummyControl-O"];
		if (values !== undefined) received.textContent = values.join(" ");
		next = answer.next;
	}
}

/** Sends the newest value, one request after the other: what was skipped is of no use any more. */
async function send() {
	if (isSending || device === undefined) return;
	isSending = true;
	while (newest !== undefined) {
		const line = JSON.stringify(["DummySensor-I", [newest]]);
		newest = undefined;
		await fetch(device.up, { method: "POST", headers: login(), body: line }).catch(() => {});
	}
	isSending = false;
}

function login() {
	return password === undefined ? {} : { Authorization: `Basic ${btoa(`${id}:${password}`)}` };
}

/** A UUID; the browser's own function is there over HTTPS only. */
function newId() {
	const bytes = crypto.getRandomValues(new Uint8Array(16));
	bytes[6] = (bytes[6] & 0x0f) | 0x40;
	bytes[8] = (bytes[8] & 0x3f) | 0x80;
	const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
	return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
