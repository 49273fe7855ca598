import pkg from "../../package.json" with { type: "json" };

/** The one version number, `x.y.z`, from package.json. */
export const VERSION: string = pkg.version;
