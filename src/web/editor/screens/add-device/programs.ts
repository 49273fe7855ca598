export interface ProgramFeature {
	readonly name: string;
	/** Number of its values. */
	readonly size: number;
}

/** What a program for a device has to know. */
export interface ProgramFor {
	/** Where it registers, without a slash at the end: `http://192.168.1.20:9992`. */
	readonly address: string;
	/** UUID of the device. */
	readonly id: string;
	readonly model: string;
	/** What it sends and receives. */
	readonly inputs: readonly ProgramFeature[];
	readonly outputs: readonly ProgramFeature[];
	/** A registration token, where devices need a login. */
	readonly token?: string | undefined;
}

/** A UUID, also where the page came without encryption: `crypto.randomUUID` is not there then. */
export function drawId(random: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array): string {
	const bytes = random(new Uint8Array(16));
	const fixed = [...bytes].map((byte, index) => {
		if (index === 6) return (byte & 0x0f) | 0x40;
		return index === 8 ? (byte & 0x3f) | 0x80 : byte;
	});
	const hex = fixed.map((byte) => byte.toString(16).padStart(2, "0")).join("");
	return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

function registration({ model, inputs, outputs }: ProgramFor): Readonly<Record<string, unknown>> {
	const list = (features: readonly ProgramFeature[]) =>
		features.map(({ name, size }) => [name, Array(size).fill(null)]);
	return {
		accept_protos: ["mqtt"],
		profile: { model },
		...(inputs.length > 0 && { idf_list: list(inputs) }),
		...(outputs.length > 0 && { odf_list: list(outputs) }),
	};
}

/** For a shell: in single quotes; one inside ends them, is escaped, and begins them again. */
function shell(text: string): string {
	return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Registers the device from a shell; it then shows up as offline. */
export function curlProgram(wanted: ProgramFor): string {
	const { address, id, token } = wanted;
	return [
		`curl -X PUT ${shell(`${address}/${id}`)}`,
		"-H 'Content-Type: application/json'",
		...(token === undefined ? [] : [`-H ${shell(`Authorization: Bearer ${token}`)}`]),
		`-d ${shell(JSON.stringify(registration(wanted)))}`,
	].join(" \\\n  ");
}

/** A literal of Python. Its texts are written as those of JSON. */
export function pythonLiteral(value: unknown): string {
	if (value === null) return "None";
	if (Array.isArray(value)) return `[${value.map(pythonLiteral).join(", ")}]`;
	if (typeof value !== "object") return JSON.stringify(value);
	const pairs = Object.entries(value).map(
		([key, one]) => `${JSON.stringify(key)}: ${pythonLiteral(one)}`,
	);
	return `{${pairs.join(", ")}}`;
}

/**
 * A device in Python with paho-mqtt 1 or 2: registers, comes online, sends numbers each second where its inputs are
 * linked, and prints what its outputs get.
 */
export function pythonProgram(wanted: ProgramFor): string {
	const { address, id, token, inputs } = wanted;
	const headers = {
		"Content-Type": "application/json",
		...(token !== undefined && { Authorization: `Bearer ${token}` }),
	};
	const isEncrypted = address.startsWith("https:");
	const context = isEncrypted ? ", context=tls" : "";
	const sizes = Object.fromEntries(inputs.map(({ name, size }) => [name, size]));
	return `# pip install paho-mqtt    (or: sudo apt install python3-paho-mqtt)
import json, random, ${isEncrypted ? "ssl, " : ""}time, urllib.request
import paho.mqtt.client as mqtt

about = ${pythonLiteral(registration(wanted))}
headers = ${pythonLiteral(headers)}
request = urllib.request.Request(${JSON.stringify(`${address}/${id}`)}, json.dumps(about).encode(), headers, method="PUT")
${isEncrypted ? `tls = ssl.create_default_context()  # a certificate of your own: cafile="ca.pem"\n` : ""}me = json.load(urllib.request.urlopen(request${context}))
up, down = me["ctrl_chans"]
sizes, linked = ${pythonLiteral(sizes)}, {}

def on_connect(device, *_):
    device.subscribe(down)
    device.publish(up, json.dumps({"state": "online", "rev": me["rev"]}), retain=True)

def on_message(device, _, message):
    told = json.loads(message.payload)
    if message.topic != down:
        return print("received", told)
    print(told["command"], told.get("idf") or told.get("odf"), flush=True)
    if "idf" in told:
        linked[told["idf"]] = told["topic"] if told["command"] == "CONNECT" else None
    else:
        (device.subscribe if told["command"] == "CONNECT" else device.unsubscribe)(told["topic"])
    device.publish(up, json.dumps({"msg_id": told["msg_id"], "state": "ok"}))

device = mqtt.Client(getattr(mqtt, "CallbackAPIVersion", lambda _: None)(2))  # paho 1 and 2
device.on_connect, device.on_message = on_connect, on_message
device.username_pw_set(me.get("username"), me.get("password"))
device.will_set(up, json.dumps({"state": "offline", "rev": me["rev"]}), retain=True)
${isEncrypted ? `if me["url"]["scheme"] == "mqtts":\n    device.tls_set_context(tls)\n` : ""}device.connect(me["url"]["host"], me["url"]["port"])
device.loop_start()
while True:
    for name in [name for name in linked if linked[name]]:
        device.publish(linked[name], json.dumps([random.random() for _ in range(sizes[name])]))
    time.sleep(1)
`;
}
