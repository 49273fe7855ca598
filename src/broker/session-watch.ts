/** Called in the middle of the broker's work. */
export interface SessionWatch {
	/** A session began, or its client uses it again. */
	used(clientId: string): void;
	/** Its subscriptions have changed, or it has ended. */
	changed(clientId: string): void;
	/** QoS 2 messages of a client were received or released; it need not have a session. */
	received(clientId: string): void;
}

export const UNWATCHED: SessionWatch = { used: () => {}, changed: () => {}, received: () => {} };
