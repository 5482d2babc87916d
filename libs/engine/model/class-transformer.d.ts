// The storage of what @Type declared; class-transformer does not publish its type.
declare module 'class-transformer/cjs/storage.js' {
  export const defaultMetadataStorage: never;
}
