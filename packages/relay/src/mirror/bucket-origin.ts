import type { S3Config } from '../config/relay-config.ts';

/** Where clients find a bucket: what presigned addresses begin with. The AWS SDK reckons the same, but only once it has keys. */
export function bucketOrigin(
  config: Pick<S3Config, 'bucket' | 'region' | 'endpoint' | 'publicEndpoint' | 'pathStyle'>,
) {
  const { bucket, region, pathStyle } = config;
  const server = config.publicEndpoint ?? config.endpoint ?? new URL(`https://s3.${region}.${awsDomain(region)}`);
  // A name with dots fits no certificate for all names below a server's.
  const isInPath = pathStyle || (bucket.includes('.') && server.protocol === 'https:');
  return isInPath ? server.origin : `${server.protocol}//${bucket}.${server.host}`;
}

const awsDomain = (region: string): string => (region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com');
