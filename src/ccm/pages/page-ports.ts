// What the page API needs of the parts around it; `servers` fills it.
import type { PageLogin } from "../../auth/mod.ts";
import type { Clock, Logger } from "../../kit/mod.ts";
import type { MqttPort } from "../../mqtt/mod.ts";
import type { Service } from "../service/service.ts";
import type { CcmStore } from "../store/port.ts";

/** Logins of pages; `auth` has them. */
export interface PageLogins {
	/** Brings accounts up to date that others may have changed. */
	refresh(): Promise<void>;
	/** @param page In lowercase. @returns undefined: there is none, or its session has ended. */
	find(page: string): PageLogin | undefined | Promise<PageLogin | undefined>;
	/** Ends a page's login for good, with the connections that rest on it. */
	end(page: string): void;
	/** The hash of a token. */
	hashOf(token: string): string;
}

export interface PageApiDeps {
	readonly mqtt: Pick<MqttPort, "publish" | "subscribe">;
	/** See `ConnectionSource.servePages`. */
	readonly servePages: (onLeft: (page: string) => void) => boolean;
	readonly service: Service;
	readonly store: CcmStore;
	readonly logins: PageLogins;
	/**
	 * Has CSM monitor a join's graph, and tells the topic whenever CSM has told it; undefined: CSM does not monitor it.
	 * @returns what ends it.
	 */
	readonly hold: (naId: number, tell: (topic: string | undefined) => void) => () => void;
	/** Lets a page hear a monitor topic where MQTT has logins. */
	readonly grant: (page: string, topic: string) => void;
	/** Takes that back. */
	readonly revoke: (page: string, topic: string) => void;
	readonly clock: Clock;
	readonly log: Logger;
}
