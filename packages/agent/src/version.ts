// Owns the version of the framework, which manifests name in `framework_version`. Refuses to be
// computed: it is checked against the package.

/** Version of the framework (Semantic Versioning 2.0.0). */
export const version = '0.1.0';
