// Admins, tokens and devices of a server that asks for logins.
import { randomUUID } from "node:crypto";
import type { IClientOptions } from "mqtt";
import { body, JSON_TYPE, type Json } from "./gateway.ts";
import { TestClient } from "./mqtt.ts";
import { BINARY, type Target } from "./target.ts";
import { until } from "./waiting.ts";

export const ADMIN = { username: "boss", password: "correct horse battery" };

/** Types a command of the compiled program with the target's ini. */
export function type(target: Target, words: string[], input = ""): string {
	const { exitCode, stdout, stderr } = Bun.spawnSync(
		[BINARY, "-c", `${target.userdir}/test.ini`, ...words],
		{ env: { HOME: target.userdir }, stdin: Buffer.from(input) },
	);
	if (exitCode !== 0) throw new Error(`${words.join(" ")}: ${stderr.toString()}`);
	return stdout.toString();
}

export function addAdmin(target: Target): void {
	type(target, ["user", "add", ADMIN.username], `${ADMIN.password}\n`);
}

const SECOND_ADMIN = { username: "second-admin", password: "a second long password" };

/** Adds an admin for {@link forgive}. */
export function addSecondAdmin(target: Target): void {
	type(target, ["user", "add", SECOND_ADMIN.username], `${SECOND_ADMIN.password}\n`);
}

/** Lets all at this address try again after wrong logins, as an admin's new password, typed right, does. */
export async function forgive(target: Target): Promise<void> {
	type(target, ["user", "passwd", SECOND_ADMIN.username], `${SECOND_ADMIN.password}\n`);
	const authorization = basic(SECOND_ADMIN.username, SECOND_ADMIN.password);
	await until(
		async () => (await send(target, "GET", "/api/status", { authorization })).status === 200,
		"the second admin to be let in",
	);
}

/** @returns the token. */
export function makeToken(target: Target, name: string): string {
	return type(target, ["token", "create", name]).split("\n")[0] ?? "";
}

export const basic = (username: string, password: string) =>
	`Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;

/** Sends a request with an Authorization header, or none. */
export async function send(
	target: Target,
	method: string,
	path: string,
	{ authorization, payload }: { authorization?: string | undefined; payload?: unknown } = {},
): Promise<{ status: number; json: Json; headers: Headers }> {
	const response = await fetch(`${target.http}${path}`, {
		method,
		headers: { ...JSON_TYPE, ...(authorization !== undefined && { authorization }) },
		...(payload !== undefined && { body: JSON.stringify(payload) }),
	});
	const text = await response.text();
	return {
		status: response.status,
		json: text.startsWith("{") ? JSON.parse(text) : {},
		headers: response.headers,
	};
}

/** A device with the login its registration gave it. */
export interface Login {
	readonly id: string;
	readonly rev: string;
	readonly username: string;
	readonly password: string;
}

export async function register(
	target: Target,
	token: string,
	id: string = randomUUID(),
): Promise<Login> {
	const { status, json } = await send(target, "PUT", `/${id}`, {
		authorization: `Bearer ${token}`,
		payload: body(),
	});
	if (status !== 200) throw new Error(`PUT answered ${status}: ${JSON.stringify(json)}`);
	const { rev, username, password } = json;
	return { id, rev: String(rev), username: String(username), password: String(password) };
}

export function connectAs(
	target: Target,
	{ username, password }: { username: string; password: string },
	options: IClientOptions = {},
): Promise<TestClient> {
	return TestClient.connect(target.mqtt, { username, password, reconnectPeriod: 0, ...options });
}
