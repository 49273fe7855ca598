/** The transport below a client's stream: a TCP socket or a WebSocket. */
export interface Wire {
	readonly remoteAddress: string;
	/** Whether a page of another origin is on the other side, which may act only as a device it has the login of. */
	readonly isForeignPage?: boolean;
	/** Sends; returns how many bytes were taken (the rest is offered again at the next drain), -1 when closed. */
	write(data: Uint8Array): number;
	/** Taken by {@link write} and not sent yet, where the wire itself keeps what the client does not read. */
	readonly bufferedBytes: number;
	pause(): void;
	resume(): void;
	/** Whether `end` waits for the other side, which may take its time. */
	readonly lingers: boolean;
	/** Closes after what was written has left. */
	end(): void;
	/** Closes at once, dropping what has not left. */
	terminate(): void;
}
