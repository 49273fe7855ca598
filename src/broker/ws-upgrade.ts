/** A request to become a WebSocket, or what is answered instead. */
export type Upgrade =
	| {
			readonly kind: "upgrade";
			readonly headers: Headers;
			readonly key: string;
			readonly protocol: string | undefined;
	  }
	| { readonly kind: "refusal"; readonly answer: string };

const SUBPROTOCOLS = ["mqtt", "mqttv3.1"];
/** Appended to a client's key to show that the server knows what it answers (`RFC 6455 §1.3`). */
const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const KEY = /^[A-Za-z0-9+/]{22}==$/;
const REQUEST_LINE = /^([A-Z]+) \S+ HTTP\/1\.1$/;
const HEADER_LINE = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*$/;

/** Reads the head of an HTTP request, without the empty line at its end (`RFC 6455 §4.2.1`). */
export function readUpgrade(head: string): Upgrade {
	const [first = "", ...lines] = head.split("\r\n");
	const [, method] = REQUEST_LINE.exec(first) ?? [];
	if (method === undefined) return refusal(400, "This is not HTTP/1.1.");
	const headers = new Headers();
	for (const line of lines) {
		const [, name, value] = HEADER_LINE.exec(line) ?? [];
		if (name === undefined || value === undefined || /[\0\n\r]/.test(value)) {
			return refusal(400, "A header line is malformed.");
		}
		// Two of them could contradict each other.
		if (headers.has(name) && /^(host|origin|sec-websocket-key)$/i.test(name)) {
			return refusal(400, `There is more than one ${name}.`);
		}
		headers.append(name, value);
	}
	const key = headers.get("sec-websocket-key") ?? "";
	const asks = listed(headers, "upgrade").includes("websocket");
	if (method !== "GET" || !asks || !listed(headers, "connection").includes("upgrade")) {
		return refusal(426, "This port speaks MQTT over WebSocket.");
	}
	if (headers.get("sec-websocket-version") !== "13")
		return refusal(426, "This is WebSocket version 13.");
	if (!KEY.test(key)) return refusal(400, "Sec-WebSocket-Key is malformed.");
	const offered = listed(headers, "sec-websocket-protocol");
	return {
		kind: "upgrade",
		headers,
		key,
		protocol: SUBPROTOCOLS.find((name) => offered.includes(name)),
	};
}

/** What makes a WebSocket of the connection (`RFC 6455 §4.2.2`). */
export function acceptance(key: string, protocol: string | undefined): string {
	const accept = new Bun.CryptoHasher("sha1").update(key + GUID).digest("base64");
	return [
		"HTTP/1.1 101 Switching Protocols",
		"Upgrade: websocket",
		"Connection: Upgrade",
		`Sec-WebSocket-Accept: ${accept}`,
		...(protocol === undefined ? [] : [`Sec-WebSocket-Protocol: ${protocol}`]),
		"\r\n",
	].join("\r\n");
}

/** A whole answer, after which the connection ends. */
export function answer(status: number, text: string): string {
	const body = `${text}\n`;
	const names: Record<number, string> = {
		400: "Bad Request",
		403: "Forbidden",
		426: "Upgrade Required",
		431: "Request Header Fields Too Large",
	};
	return [
		`HTTP/1.1 ${status} ${names[status] ?? ""}`,
		"Content-Type: text/plain; charset=utf-8",
		`Content-Length: ${Buffer.byteLength(body)}`,
		...(status === 426 ? ["Upgrade: websocket", "Sec-WebSocket-Version: 13"] : []),
		"Connection: close",
		"",
		body,
	].join("\r\n");
}

function refusal(status: number, text: string): Upgrade {
	return { kind: "refusal", answer: answer(status, text) };
}

function listed(headers: Headers, name: string): string[] {
	return (headers.get(name) ?? "").split(",").map((item) => item.trim().toLowerCase());
}
