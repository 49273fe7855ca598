import { render } from "preact";
import { useEffect, useState } from "preact/hooks";

interface Operation {
	readonly summary: string;
	readonly requestBody?: { readonly content: Content };
	readonly responses: Readonly<
		Record<string, { readonly description: string; readonly content?: Content }>
	>;
}
type Content = Readonly<Record<string, { readonly schema?: object }>>;

interface Document {
	readonly info: { readonly title: string; readonly version: string; readonly description: string };
	readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

const METHODS = ["put", "get", "post", "delete"];

function App() {
	const [document, setDocument] = useState<Document>();
	useEffect(() => {
		void fetch("api/openapi").then(async (response) => setDocument(await response.json()));
	}, []);
	if (document === undefined) return <p class="empty">Loading …</p>;
	const { info, paths } = document;
	return (
		<>
			<header>
				<h1>{info.title}: HTTP API</h1>
				<small>
					{info.version} · <a href="api/openapi">OpenAPI document</a> · <a href="live">live page</a>
				</small>
			</header>
			<p>{info.description}</p>
			{Object.entries(paths).flatMap(([path, operations]) =>
				METHODS.flatMap((method) => {
					const operation = operations[method];
					return operation === undefined
						? []
						: [
								<Section
									key={method + path}
									title={`${method.toUpperCase()} ${path}`}
									operation={operation}
								/>,
							];
				}),
			)}
		</>
	);
}

function Section({ title, operation }: { title: string; operation: Operation }) {
	const { summary, requestBody, responses } = operation;
	return (
		<section class="graph">
			<p>
				<b class="mono">{title}</b>
				<br />
				{summary}
			</p>
			{requestBody !== undefined && <Schema name="body" content={requestBody.content} />}
			{Object.entries(responses).map(([code, { description, content }]) => (
				<Schema key={code} name={`${code} ${description}`} content={content ?? {}} />
			))}
		</section>
	);
}

function Schema({ name, content }: { name: string; content: Content }) {
	const [[type, { schema }] = ["", {}]] = Object.entries(content);
	if (schema === undefined) return <div>{name}</div>;
	return (
		<details>
			<summary>{type === "application/json" ? name : `${name}: ${type}`}</summary>
			<pre>{JSON.stringify(schema, null, 2)}</pre>
		</details>
	);
}

const place = document.getElementById("app");
if (place !== null) render(<App />, place);
