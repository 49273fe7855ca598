import { type PageFile, PageFiles, type RouteContext } from "../../http/mod.ts";
import { noFile } from "./page-routes.ts";

type Headers = RouteContext["call"]["headers"];

/** What phones open: one page for the members of a class and for devices that a browser is. */
export class PhonePages {
	/** What the page loads. */
	readonly files: PageFiles;

	/** @param files As the build made them. */
	constructor(files: Readonly<Record<string, PageFile>>) {
		// Screens show pictures by their address.
		this.files = new PageFiles(files, "'self' data: https:");
	}

	/** The page, which learns from its address and from the server what it is to be. */
	async page(headers: Headers): Promise<Response> {
		return (await this.files.page(headers)) ?? noFile();
	}
}
