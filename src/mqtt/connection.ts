/** A client's connection, as the server's own parts see it. */
export interface Connection {
	/** When it was accepted: monotonic milliseconds. */
	readonly openedAt: number;
	/** False from the moment it is lost or closed; its last will comes after that. */
	readonly isOpen: boolean;
}

/** Hears what clients' connections do. */
export interface ConnectionListener {
	/** A client was accepted; `device` is the id it logged in with, if it did as a device. */
	opened(device: string | null, connection: Connection): void;
	/** A client listens to a filter; with a session that was waiting for it, before it was accepted. */
	subscribed(filter: string, connection: Connection): void;
	/** It no longer does. */
	unsubscribed(filter: string, connection: Connection): void;
	/** It is gone, its last will published. `isProper`: it sent DISCONNECT (`MQTT 3.1.1 §3.14`). */
	closed(connection: Connection, isProper: boolean): void;
}

/** Where clients' connections can be watched. */
export interface ConnectionSource {
	/** Tells what clients' connections do, until the broker stops. @returns false where it is another program. */
	followConnections(listener: ConnectionListener): boolean;
	/**
	 * Gives the topics of each page (`ccm-gui.md §5`) to the connection that uses the page's id first: only that one may
	 * publish to them, and only that one and the server hear them, until it ends. Nothing of them is retained, or kept
	 * for sessions.
	 * @param onLeft Hears the id of a page whose connection has ended, its last will published.
	 * @returns false where the broker is another program.
	 */
	servePages(onLeft: (page: string) => void): boolean;
	/** Whether another server has reached it for at least so long, in milliseconds; without a method there is none. */
	reachedByOthers?(ms: number): boolean;
}
