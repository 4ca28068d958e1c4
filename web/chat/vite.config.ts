import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  base: '/chat/',
  plugins: [vue()],
  define: { __VUE_OPTIONS_API__: 'false', __VUE_PROD_DEVTOOLS__: 'false', __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false' },
  build: {
    outDir: '../dist/chat',
    emptyOutDir: true,
    // Cheap phones keep old browsers: WebView 73 and iOS 13 are from 2019.
    target: ['chrome73', 'safari13'],
    // The page's content security policy allows nothing inline, data: images included.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { proxy: { '/v1': 'http://127.0.0.1:12348' } },
  // The contrast test reads the colours from the style sheet itself.
  test: { include: ['tests/**/*.test.ts'], css: { include: /tokens/ } },
})
