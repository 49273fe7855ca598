declare module "*.sql" {
	const text: string;
	export default text;
}
declare module "*.py" {
	const text: string;
	export default text;
}
declare module "*.bin" {
	const path: string;
	export default path;
}
declare module "*.zip" {
	const path: string;
	export default path;
}
declare module "*.zst" {
	const path: string;
	export default path;
}
declare module "*/LICENSE" {
	const path: string;
	export default path;
}
declare module "*/THIRD_PARTY_NOTICES" {
	const path: string;
	export default path;
}
declare module "*.wasm" {
	const path: string;
	export default path;
}
declare module "pyodide/pyodide.asm.mjs" {
	const createPyodideModule: (settings: Record<string, unknown>) => Promise<unknown>;
	export default createPyodideModule;
}
declare module "*.css";
declare module "*.br" {
	const path: string;
	export default path;
}
declare module "*.gz" {
	const path: string;
	export default path;
}
