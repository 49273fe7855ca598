import { coversFilter, type Logger } from "../kit/mod.ts";
import type { Login } from "./login.ts";
import type { MemoryPersistence } from "./memory-persistence.ts";
import type { Routes } from "./routes.ts";
import type { SubscriptionLimits } from "./subscription-limits.ts";
import { fieldsOf, type TopicRights } from "./topic-rights.ts";

export interface RevocationsDeps {
	readonly login: Login;
	readonly rights: TopicRights;
	readonly limits: SubscriptionLimits;
	readonly routes: Routes;
	readonly persistence: MemoryPersistence;
	readonly log: Logger;
}

/** Ends what rests on logins and rights that are gone. Messages on their way are not looked at. */
export class Revocations {
	readonly #deps: RevocationsDeps;

	constructor(deps: RevocationsDeps) {
		this.#deps = deps;
	}

	/** Disconnects clients whose login is no longer valid, and ends sessions whose login is gone; of one owner or of all. */
	disconnect(owner?: string): void {
		const { login, persistence, log } = this.#deps;
		for (const client of login.revoked(owner)) {
			log.warn("client dropped: its login is no longer valid", fieldsOf(client));
			client.close();
		}
		for (const clientId of login.orphans(owner)) persistence.endSession(clientId);
	}

	/** A grant was taken: subscriptions end that rested on it; their clients stay. */
	grantTaken(owner: string, taken: string): void {
		const { login, rights, limits, routes, persistence } = this.#deps;
		for (const client of login.clientsOf(owner)) {
			const ended = routes
				.filtersOf(client)
				.filter((filter) => coversFilter(taken, filter) && !rights.mayHear(client, filter));
			limits.remove(client, ended);
			routes.unsubscribed(client, ended);
		}
		for (const clientId of persistence.filters.sessions()) {
			if (!login.isOwnedBy(clientId, owner)) continue;
			const ended = persistence.filters
				.of(clientId)
				.map(({ topic }) => topic)
				.filter((filter) => coversFilter(taken, filter) && !login.mayHear(clientId, filter));
			if (ended.length > 0) persistence.removeSubscriptions({ id: clientId }, ended);
		}
	}
}
