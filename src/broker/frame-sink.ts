/** Bytes that may wait for a client before more of what is stored for it is sent. */
export const ROOM_BYTES = 256 << 10;

/** What a client's messages are written to: its stream, as the rest of the broker sees it. */
export interface FrameSink {
	/** Whether the client has its CONNACK and is still there. */
	readonly isOpen: boolean;
	/** Bytes that wait for the client to read. */
	readonly unsentBytes: number;
	/** So many may; a client that has more waiting is disconnected. */
	readonly maxUnsentBytes: number;
	/**
	 * Sends a whole packet past aedes; it is dropped while the client is not connected.
	 * @param isWhole Nothing more is to be expected this turn: it leaves at once.
	 */
	send(frame: Uint8Array, isWhole?: boolean): void;
	/** Disconnects the client. @param reason For the log. */
	disconnect(reason: string): void;
	/** Resolves when nothing waits for the client any more, or the client is gone. */
	whenSent(): Promise<void>;
}
