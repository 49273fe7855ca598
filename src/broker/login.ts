import type { Aedes, AuthenticateError, Client } from "aedes";

/** Who may connect. Everyone, so far, except for what MQTT itself forbids. */
export class Login {
	readonly #withoutIdentity = new WeakSet<Client>();

	/** The hooks aedes calls at each CONNECT. */
	readonly hooks: Pick<Aedes, "preConnect" | "authenticate"> = {
		// MQTT-3.1.3-8: a session to come back to needs a client id to come back with.
		preConnect: (client, packet, done) => {
			if (packet.clientId === "" && packet.clean === false) this.#withoutIdentity.add(client);
			done(null, true);
		},
		authenticate: (client, _username, _password, done) => {
			if (!this.#withoutIdentity.has(client)) {
				done(null, true);
				return;
			}
			const refusal: AuthenticateError = Object.assign(new Error("identifier rejected"), {
				returnCode: 2,
			});
			done(refusal, false);
		},
	};
}
