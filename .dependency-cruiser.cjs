// The import rule of ARCHITECTURE.md: core <- ports <- { models, gallery, portable, imaging, runtime } <- recognizer <- evaluation <- cli;
// core <- packs <- recognizer; core <- liveness.
const layers = {
  core: [],
  ports: ['core'],
  models: ['core', 'ports'],
  sqlite: [],
  gallery: ['core', 'ports', 'sqlite'],
  portable: ['core', 'ports'],
  imaging: ['core', 'ports'],
  packs: ['core'],
  liveness: ['core'],
  runtime: ['core', 'ports'],
  recognizer: ['core', 'ports', 'models', 'gallery', 'portable', 'imaging', 'runtime', 'packs'],
  evaluation: ['core', 'ports', 'imaging', 'recognizer'],
};

/** They use the package as its users do: by src/index.ts; api/ is what goes over the wire between them. */
const apps = {
  api: [],
  server: ['api', 'sqlite'],
  client: ['api'],
  console: ['client/index\\.ts$'],
  cli: ['api', 'server/index\\.ts$'],
};

const directionRules = Object.entries(layers).map(([layer, allowed]) => ({
  name: `${layer}-imports-only-below`,
  severity: 'error',
  from: { path: `^src/${layer}/` },
  to: {
    path: '^src/',
    pathNot: [`^src/(${[layer, ...allowed].join('|')})/`, '^src/(errors|cache-folder)\\.ts$'],
  },
}));

const appRules = Object.entries(apps).map(([app, allowed]) => ({
  name: `${app}-uses-the-public-api`,
  severity: 'error',
  from: { path: `^src/${app}/` },
  to: {
    path: '^src/',
    pathNot: [
      '^src/index\\.ts$',
      ...[app, ...allowed].map((folder) => `^src/${folder}${folder.includes('$') ? '' : '/'}`),
    ],
  },
}));

module.exports = {
  forbidden: [
    ...directionRules,
    ...appRules,
    {
      name: 'console-pages-stand-on-the-rest',
      comment: 'What pages share knows nothing of pages.',
      severity: 'error',
      from: { path: '^src/console/(texts|notices|server|pictures|parts|camera|stores)/' },
      to: { path: '^src/console/(people|recognize|live|challenge|strangers|evaluation|settings|shell)/' },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'core-is-pure',
      comment: 'core/ holds functions over typed arrays: no package, no Node module.',
      severity: 'error',
      from: { path: '^src/core/' },
      to: { pathNot: '^src/(core/|errors\\.ts$)' },
    },
    {
      name: 'nothing-imports-the-index',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(api|server|client|console|cli)/' },
      to: { path: '^src/index\\.ts$' },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
  },
};
