import { createApp } from 'vue'
import '../chat/styles/tokens.css'
import '../chat/styles/base.css'
import './styles/console.css'
import App from './App.vue'

createApp(App).mount('#app')
