/** Where a device sends and receives. */
export interface HttpAddresses {
	readonly up: string;
	readonly down: string;
}

/** The addresses of a device. @param base Where it reached the server when it registered, without a slash at the end. */
export function addressesOf(base: string, id: string): HttpAddresses {
	const place = `${base}/da/${id}`;
	return { up: `${place}/up`, down: `${place}/down` };
}
