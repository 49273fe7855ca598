import { connect, isIP, type Socket } from "node:net";

export interface BrokerAddress {
	scheme: "mqtt" | "mqtts";
	/** PEM of the authority that signed its certificate; undefined: one the system knows. */
	ca: string | undefined;
	host: string;
	port: number;
}

/**
 * Begins to connect to another program's broker, encrypted where its scheme says so.
 * @param onError Hears that its certificate is not to be trusted.
 */
export function openSocket(
	{ scheme, ca, host, port }: BrokerAddress,
	onError: (error: Error) => void,
): Socket {
	const socket =
		scheme === "mqtts" ? encrypted({ ca, host, port }, onError) : connect({ host, port });
	// Nagle's algorithm holds small packets back for up to 40 ms.
	socket.setNoDelay(true);
	return socket;
}

function encrypted(
	{ ca, host, port }: Omit<BrokerAddress, "scheme">,
	onError: (error: Error) => void,
): Socket {
	// Loaded here, where a broker asks for it.
	const socket = process.getBuiltinModule("node:tls").connect({
		host,
		port,
		// An IP address is not a server name (RFC 6066 §3); the certificate is checked against it nevertheless.
		...(isIP(host) === 0 && { servername: host }),
		...(ca !== undefined && { ca }),
	});
	socket.once("secureConnect", () => {
		if (!socket.authorized) onError(new Error(`certificate refused: ${socket.authorizationError}`));
	});
	return socket;
}
