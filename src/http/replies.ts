/** Sent with every response: browsers with the JS SDK register from pages of other origins (`csm.md §2.1`). */
export const CORS = {
	"Access-Control-Allow-Origin": "*",
	"Access-Control-Allow-Headers": "Accept, Content-Type, Authorization",
	"Access-Control-Allow-Methods": "POST, PUT, DELETE, GET, OPTIONS",
};

/** A JSON response. */
export function json(status: number, body: object): Response {
	return new Response(JSON.stringify(body), {
		status,
		headers: { ...CORS, "Content-Type": "application/json" },
	});
}

/** An error in the contract's shape; with `id` whenever the path held one. */
export function reject(status: number, reason: string, id?: string): Response {
	return json(status, { ...(id !== undefined && { id }), state: "error", reason });
}
